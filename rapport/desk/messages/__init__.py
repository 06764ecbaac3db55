"""One message: undo send, admit, the original, the frame its HTML is shown in."""
