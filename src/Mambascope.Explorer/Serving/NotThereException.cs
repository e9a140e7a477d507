namespace Mambascope.Explorer.Serving;

/// <summary>What an address names is not there.</summary>
internal sealed class NotThereException(string message) : Exception(message);
