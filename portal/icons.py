"""The drawn signs of the portal: 24 × 24, stroke 2, always beside a word."""

from django.utils.safestring import SafeString

ICONS = {
    name: SafeString(paths)
    for name, paths in {
        "alarm": '<path d="M18 9a6 6 0 0 0-12 0c0 6-2.5 7-2.5 7h17S18 15 18 9"/><path d="M10 20.2a2.2 2.2 0 0 0 4 0"/>',
        "band1": '<path d="M8 2.5h8L21.5 8v8L16 21.5H8L2.5 16V8Z"/><path d="M7.5 12h9" stroke-width="3"/>',
        "band2": '<path d="M12 3 22 20.5H2Z"/><path d="M12 10v4.5M12 17.3v.2" stroke-width="2.4"/>',
        "band3": '<circle cx="12" cy="12" r="9" class="f"/>',
        "band4": '<circle cx="12" cy="12" r="9"/><path class="f" d="M12 3a9 9 0 0 0 0 18Z"/>',
        "band5": '<circle cx="12" cy="12" r="9"/>',
        "band6": '<path d="m4 12.5 5.5 5.5L20 6.5" stroke-width="2.6"/>',
        "band7": '<circle cx="12" cy="12" r="9" stroke-dasharray="3 3"/>',
        "done": '<path d="m4 12.5 5.5 5.5L20 6.5" stroke-width="2.6"/>',
        "cross": '<path d="m5 5 14 14M19 5 5 19"/>',
        "calendar": '<rect x="3" y="5" width="18" height="16" rx="2"/><path d="M3 10h18M8 2.5V7M16 2.5V7"/>',
        "learn": (
            '<path d="M20 17H6.5A2.5 2.5 0 0 0 4 19.5V5.5A2.5 2.5 0 0 1 6.5 3H20v18H6.5"/><path d="M9 8h7M9 12h5"/>'
        ),
        "print": '<path d="M7 8V3h10v5M7 17H4V9h16v8h-3"/><path d="M7 14h10v7H7z"/>',
        "chevron": '<path d="m9 5 7 7-7 7"/>',
        "phone": (
            '<path d="M5 3h4l2 5-2.5 1.5a11 11 0 0 0 6 6L16 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 5a2 2 0 0 1 2-2Z"/>'
        ),
        "warning": '<path d="M12 3 22 20.5H2Z"/><path d="M12 10v4.5M12 17.3v.2" stroke-width="2.4"/>',
    }.items()
}
