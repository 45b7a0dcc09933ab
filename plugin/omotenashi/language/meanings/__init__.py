"""What every word of the vocabulary means, in Japanese and in English, with an example.

The guide's tables and the descriptions in `omo schema` are made of it.
"""
