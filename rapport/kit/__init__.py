"""Tools that know nothing of help desks: the lowest layer, on which every other app may stand.

`clock` reads the time, `text` cleans and folds strings, `secrets` keeps the key ring, `addresses` judges where a
connection would lead and `http` opens it, `durable` writes files that survive a power cut, `html` sanitises, `spreadsheets` writes tables,
`owning` names who holds a claim.
Nothing here imports Django or any app, and no word of the product's own language appears.
"""
