"""What a worker keeps of backends' answers, so that it need not ask again: pure book-keeping, nothing waits."""
