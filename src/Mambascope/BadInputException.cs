namespace Mambascope;

/// <summary>
/// What the user gave cannot be used: a missing, truncated, hostile or misshapen file, or a wrong option value.
/// The message is one line that says what, where, what was expected and what was found. The command line turns it into exit code 2.
/// </summary>
/// <remarks>
/// Messages quote names, paths and values of files: whatever stands there, a message stays one line of at most a few thousand characters
/// without any that act on a terminal.
/// </remarks>
public sealed class BadInputException : Exception
{
    private const int LongestMessage = 4000;

    /// <summary>Creates the error with its one-line message.</summary>
    public BadInputException(string message) : base(Bounded(message)) { }

    /// <summary>Creates the error with its one-line message and the failure beneath it.</summary>
    public BadInputException(string message, Exception innerException) : base(Bounded(message), innerException) { }

    /// <summary>Creates the error without a message; present because exceptions are expected to have it.</summary>
    public BadInputException() { }

    private static string Bounded(string message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return OneLine.Of(message, LongestMessage);
    }
}
