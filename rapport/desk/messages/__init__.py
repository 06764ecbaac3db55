"""One message: undo send, admit, split, the original, the frame its HTML is shown in."""
