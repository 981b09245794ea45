/** The names that the demo world is made of. All invented; all domains are under `.example` (RFC 2606). */

/** Customers after the first: name and mail domain. */
export const customers: readonly (readonly [name: string, ...domains: string[]])[] = [
  ['Northwind Dental', 'northwind-dental.example'],
  ['Harbor Light Veterinary', 'harborlightvet.example'],
  ['Cedar & Stone Architects', 'cedarstone.example', 'cedar-stone-studio.example'],
  ['Maple Ridge Pediatrics', 'mapleridgekids.example'],
  ['Blue Heron Logistics', 'blueheron-logistics.example'],
  ['Alder Creek Brewing', 'aldercreek.example'],
  ['Kestrel Law Group', 'kestrel-law.example'],
  ['Fairview Orthodontics', 'fairviewortho.example'],
  ['Quarry Road Concrete', 'quarryroad.example'],
  ['Lakeshore Title & Escrow', 'lakeshoretitle.example'],
  ['Pinecrest Senior Living', 'pinecrest-living.example'],
  ['Tidewater Marine Supply', 'tidewatermarine.example'],
  ['Granite Peak Insurance', 'granitepeak.example', 'gpi-claims.example'],
  ['Willow & Vine Catering', 'willowandvine.example'],
  ['Redwood Charter School', 'redwoodcharter.example'],
  ['Café Lumière', 'cafe-lumiere.example'],
  ['Copperline Electric', 'copperline.example'],
  ['Bayview Family Medicine', 'bayviewfm.example'],
  ['Foxglove Landscaping', 'foxglove.example'],
  ['Ironbridge Machining', 'ironbridge.example'],
  ['Prairie Sky Aviation', 'prairiesky.example'],
  ['Silverbrook Accounting', 'silverbrook-cpa.example'],
  ['Stonegate Property Management', 'stonegate-pm.example'],
  ['Juniper Street Theater', 'juniperstreet.example'],
  ["O'Hara & Sons, Roofing", 'ohara-roofing.example'],
  ['Oakhollow Funeral Home', 'oakhollow.example'],
  ['Beacon Hill Staffing', 'beaconhill-staffing.example'],
  ['Larkspur Physiotherapy', 'larkspurphysio.example'],
  ['Riverside Community Church', 'riversidechurch.example'],
  ['Millbrook Printing', 'millbrookprint.example'],
  ['Hawthorne & Daughters', 'hawthorne-daughters.example'],
  ['Elm City Movers', 'elmcitymovers.example'],
  ['Sandpiper Hotels', 'sandpiperhotels.example', 'sandpiper-events.example'],
  ['Thistle & Oak Interiors', 'thistleoak.example'],
  ['Evergreen Solar', 'evergreen-solar.example'],
  ['Old Mill Dairy', 'oldmilldairy.example'],
  ['Crescent Optical', 'crescentoptical.example'],
  ['Wayfinder Travel', 'wayfinder-travel.example'],
  ['Ferrous Steelworks', 'ferrous-steel.example'],
  ['Zenith Tax Advisers', 'zenithtax.example'],
]

export const givenNames = (
  'Aaron Abigail Adrian Aisha Alan Alice Alma Amara Andre Angela Anita Antonio April Arjun Ben Bianca Brandon Brenda ' +
  'Caleb Carla Carmen Cecilia Charles Chloe Claire Colin Cora Damian Daniela David Deborah Diego Dominic Edith Elena ' +
  'Elias Emma Eric Esther Fatima Felix Fiona Frank Gabriel Gina Grace Graham Hana Harold Hassan Heather Helen Henry ' +
  'Ian Imani Ingrid Isaac Isabel Ivan Jamal Janet Jasmine Javier Joan Joel Jonas Joyce Julia Kamal Karen Keith Kevin ' +
  'Kira Lamar Laura Leah Leo Liam Linda Lucas Lydia Malik Marco Maria Martin Maya Megan Miles Mina Monica Nadia Nathan ' +
  'Nina Noah Nora Olivia Omar Oscar Paige Patrick Paula Peter Priya Quentin Rachel Rafael Rajesh Rebecca Rita Robert ' +
  'Rosa Ruth Samir Sandra Sara Simon Sofia Stella Stephen Tamara Theo Tina Tobias Uma Valerie Victor Wanda Wesley ' +
  'William Yasmin Yusuf Zara Zoe'
).split(' ')

export const familyNames = (
  'Abbott Adeyemi Ahmed Alvarez Andersen Baker Banerjee Barnes Becker Bell Bennett Bianchi Bishop Brooks Brown Burke ' +
  'Campbell Carter Castillo Chan Chen Clark Cohen Cole Cooper Cruz Dalton Das Davies Diaz Dixon Doyle Dubois Edwards ' +
  'Ellis Eriksson Evans Farrell Fischer Fletcher Flores Foster Fox Garcia Gibson Gomez Grant Gray Green Gupta Hall ' +
  'Hansen Harris Hayes Hill Hoffman Howard Hughes Hunt Ibrahim Jackson James Jensen Johnson Jones Kaplan Keller Kelly ' +
  'Khan Kim King Klein Kowalski Kumar Lambert Larsen Lee Lewis Lopez Lowe Mahmood Marsh Martinez Mason Mendez Meyer ' +
  'Mills Moore Moreau Morgan Murphy Nakamura Nelson Nguyen Novak Okafor Oliveira Olsen Owens Palmer Park Patel Perez ' +
  'Petrov Phillips Porter Price Quinn Ramirez Reed Reyes Rhodes Rivera Roberts Rossi Russell Ryan Sanchez Santos ' +
  'Schmidt Scott Shah Sharma Silva Singh Smith Stewart Stone Suzuki Tanaka Taylor Thomas Torres Turner Varga Vasquez ' +
  'Wagner Walker Wallace Walsh Ward Weber West White Wilson Wong Wright Yamamoto Young Zhang Zimmerman'
).split(' ')

/** People whose names or addresses break careless programs, as [given name, family name, local part of the e-mail]. */
export const awkwardPeople: readonly (readonly [given: string, family: string, local: string])[] = [
  ['Siobhan', "O'Brien", "siobhan.o'brien"],
  ['Dana', 'Whitfield', 'dana.whitfield+billing'],
  ['Anne-Marie', 'Smith-Jones', 'anne-marie.smith-jones'],
  ['太郎', '山田', 'taro.yamada'],
  ['Ольга', 'Иванова', 'olga.ivanova'],
  ['محمد', 'العلي', 'mohammed.alali'],
  ['Zoë', 'Müller', 'zoe.mueller'],
  ['Łukasz', 'Wójcik', 'lukasz.wojcik'],
  ['U', 'Ng', 'u'],
  [
    'Maximiliana Theodora Alexandrina Wilhelmine',
    'von Hohenstein-Rabenau zu Braunschweig-Lüneburg und Oberösterreich',
    'maximiliana.von-hohenstein-rabenau-zu-braunschweig-lueneburg.xx',
  ],
  ['@Front', 'Desk', 'Front.Desk'],
  ['Chris', 'Taylor', 'chris.taylor'],
  ['Chris', 'Taylor', 'chris.taylor.2'],
  ["D'Angelo", 'de la Cruz', "d'angelo.delacruz"],
  ['Mary Ann', 'St. Clair, Jr.', 'maryann.stclair'],
]

export const groupNames = ['Front Office', 'Managers', 'Technicians', 'Finance'] as const
