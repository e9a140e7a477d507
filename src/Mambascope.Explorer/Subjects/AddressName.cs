namespace Mambascope.Explorer.Subjects;

/// <summary>Names of models and files as addresses have them.</summary>
internal static class AddressName
{
    /// <summary>The name in letters that need no escape; with a number where another has it already.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="isTaken">Whether another has a name.</param>
    internal static string Of(string name, Func<string, bool> isTaken)
    {
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        return Enumerable.Range(1, int.MaxValue)
            .Select(number => number == 1 ? safe : $"{safe}-{number}")
            .First(free => !isTaken(free));
    }
}
