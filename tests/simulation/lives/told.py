"""A run in sentences."""

from simulation.lives.play import Played


def told(name: str, played: Played) -> str:
    """Return a broken run as a story: its scene, what happened, and what the oracle objects to."""
    scene = played.setting
    lines = [
        f"  profile {name}: "
        + ", ".join(f"{line.topic} {line.way or ''} {line.policy}".replace("  ", " ") for line in lines)
        for name, lines in scene.profiles.items()
    ]
    habits = {
        "robots": [f"{side}: {field} {sees} becomes {sets}" for side, field, sees, sets, _ in scene.robots],
        "search lag in seconds": scene.lag,
        "clocks wrong by hours": scene.hours,
        "its own writes ring": scene.echoes,
        "deleted records": scene.on_deleted if scene.on_deleted != "release" else "",
        "orders of deals opened by hand": scene.new_order,
    }
    lines += [f"  {habit}: {value}" for habit, value in habits.items() if value]
    lines += [f"  {number}. {sentence}" for number, sentence in enumerate(played.story, 1)]
    return "\n".join([f"{name}, {len(played.acts)} acts:", *lines, f"  => {played.findings[0]}"])
