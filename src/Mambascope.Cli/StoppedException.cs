namespace Mambascope.Cli;

/// <summary>
/// The user stopped a verb that saved what it had; the command line says how to go on and ends with the shells' exit code.
/// </summary>
internal sealed class StoppedException(string message) : Exception(message);
