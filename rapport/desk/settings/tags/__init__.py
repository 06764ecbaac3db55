"""Tags: renamed, coloured, merged, put away."""
