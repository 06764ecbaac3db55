"""What the company lets happen by itself: acknowledgements, and the budgets that keep them from looping. Layer: above intake."""
