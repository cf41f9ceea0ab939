"""Names for made-up people: common somewhere, and not words of everyday English."""

_FIRST_NAME_LIST = """
Adela Agnes Aldo Alina Alma Amara Anders Anita Anton Ariadne Arnold Astrid Aurelio Beatrix Benedict Bettina Birgit Boris Bruno
Camilla Carlo Carmen Cecilia Clara Conrad Corinna Cyril Dagmar Damian Daria Delphine Dimitri Dora Edgar Edith Elena Elias Elvira
Emil Enrico Erika Esther Eugen Fabian Felicia Fiona Flavia Florian Frieda Gerda Gideon Giselle Gregor Greta Gustav Hanna Hedwig
Helena Henrik Hilda Hugo Ignatius Ilona Ines Ingrid Irina Isabel Ivo Jana Jasper Joachim Jolanda Judith Julius Karin Katja Klara
Konstantin Lars Leander Leonie Linnea Lorenzo Lothar Lucia Ludwig Magda Malvina Marcel Margit Marius Matilda Maxim Mirjam Monika
Nadine Natalia Nikolas Nora Odette Olaf Olga Orlando Otto Palmira Pascal Patricia Petra Philippa Quentin Rafael Ramona Regina Rhea
Roderick Roland Rosalind Rudolf Sabine Salome Sandor Selma Serena Sibyl Silvio Sonja Stefan Sylvia Tamara Tatjana Thea Theodor
Tobias Ulrich Ursula Valerie Vera Viktor Vincent Walter Wanda Wendel Wilma Xaver Yolanda Yvonne Zelda Zita
"""
_LAST_NAME_LIST = """
Abendroth Achterberg Albrecht Almeida Andersson Arnaud Baranowski Beaumont Bellini Bergstrom Blanchard Borkowski Brandt Bruckner
Calloway Carvalho Castellano Chevalier Christensen Colombo Dahlberg Delacroix Denisov Dietrich Dombrowski Drummond Dubois Eklund
Eriksen Esposito Fairchild Falkenberg Ferreira Fontaine Forsberg Friedrich Gallagher Garnier Gerhardt Gonzaga Gottlieb Grabowski
Gunnarsson Haldane Hartmann Hawthorne Heinrich Henriksen Hoffmann Holmgren Ibsen Ivanenko Jankowski Jorgensen Kaminski Kessler
Kirchner Kovalenko Kowalczyk Lachance Lambert Larsson Lefebvre Lehmann Lindqvist Lombardi Lundgren Madsen Marchetti Martel Mendoza
Messner Moreau Nakamura Neumann Nielsen Nowak Nyberg Okafor Oliveira Ostrowski Pellegrini Petrov Pinheiro Quintero Rasmussen
Reinhardt Ricci Romanov Rossi Rutkowski Salvatore Sandoval Schaefer Schneider Sorensen Sundberg Takahashi Teixeira Thorvald
Tikhonov Ullmann Valdez Vandenberg Vasquez Voss Wagner Weissmann Werner Wexler Winkler Yamamoto Zamora Ziegler Zielinski
Zimmermann
"""

FIRST_NAMES = tuple(_FIRST_NAME_LIST.split())
LAST_NAMES = tuple(_LAST_NAME_LIST.split())
