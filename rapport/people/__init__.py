"""Who is who: accounts, roles and rights, teams, customers, their addresses, organisations and orders.

Words: *account* (someone of the company who signs in), *role* (a set of rights), *team*, *customer* (a person who
writes), *organisation* (a customer's company). Layer: above events and files, below channels.
"""
