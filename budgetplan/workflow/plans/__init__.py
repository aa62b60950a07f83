"""From a question to a study: solved, certified, compared with rules of thumb, explained."""
