namespace Mambascope.Explorer.Subjects;

/// <summary>Texts to begin with, in the manner of what the models that ship were trained on.</summary>
internal static class SampleTexts
{
    /// <summary>All of them.</summary>
    internal static IReadOnlyList<string> All { get; } =
    [
        "To be, or not to b",
        "KING RICHARD:\nMy lord, I do beseech yo",
        "Friends, Romans, countrymen, lend me your ear",
        "O Romeo, Romeo! wherefore art thou Rome",
        "The king is dead, long live the kin",
    ];
}
