export function packFresh(folder: string): { source: string; tarball: string; size: number; files: string[] }
