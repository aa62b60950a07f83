"""From a scenario to a question: names become laws, prices, demand and limits."""
