"""Whether the reminder engine is silent: computed at request time, shown to staff on every page."""


def engine(request):
    return {}
