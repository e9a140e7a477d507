namespace Mambascope.Cli;

/// <summary>Options that contradict each other or the kind of model; the command line ends with exit code 1.</summary>
internal sealed class UsageException(string message) : Exception(message);
