PACK = None
