// One real Samba serves these, one after the other: its address and its folder are in what it is made of.
import './active-directory-cases.ts'
import './active-directory-cli.ts'
import './active-directory-leavers.ts'
import './active-directory-samba.ts'
