"""When this happened, do these, in this order; and what runs when. Layer: below the faces, above everything else."""
