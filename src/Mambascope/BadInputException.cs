namespace Mambascope;

/// <summary>
/// What the user gave cannot be used: a missing, truncated, hostile or misshapen file, or a wrong option value.
/// The message is one line that says what, where, what was expected and what was found. The command line turns it into exit code 2.
/// </summary>
public sealed class BadInputException : Exception
{
    /// <summary>Creates the error with its one-line message.</summary>
    public BadInputException(string message) : base(message) { }

    /// <summary>Creates the error with its one-line message and the failure beneath it.</summary>
    public BadInputException(string message, Exception innerException) : base(message, innerException) { }

    /// <summary>Creates the error without a message; present because exceptions are expected to have it.</summary>
    public BadInputException() { }
}
