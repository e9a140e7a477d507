using Mambascope.Checkpoints;
using Mambascope.Evaluation.Runs;

namespace Mambascope.Evaluation.Texts;

/// <summary>The tests of maps of text, by name.</summary>
public static class TextTests
{
    private static readonly (Func<ITextTest> Standard, Func<TestOptions, ITextTest> Read)[] kinds =
    [
        (() => new PlantedTextTest(), _ => new PlantedTextTest()),
        (() => new TextPerturbationTest(TokenRemoval.Zero), TextPerturbationTest.Of),
        (() => new TextFaithfulnessTest(TokenRemoval.Drop), TextFaithfulnessTest.Of),
        (() => new RationaleTest(RationaleTest.StandardShares), RationaleTest.Of),
        (() => new MinimalPairTest(), _ => new MinimalPairTest()),
    ];

    private static readonly Dictionary<string, (Func<ITextTest> Standard, Func<TestOptions, ITextTest> Read)> byName
        = kinds.ToDictionary(kind => kind.Standard().Name, StringComparer.Ordinal);

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. kinds.Select(kind => kind.Standard().Name)];

    /// <summary>A test with its standard settings.</summary>
    /// <exception cref="BadInputException">There is no test of that name.</exception>
    public static ITextTest Standard(string name) => Find(name).Standard();

    /// <summary>The test that wrote a result file.</summary>
    /// <exception cref="BadInputException">There is no test of that name, or its options are not what such a test writes.</exception>
    public static ITextTest Read(EvaluationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return Find(settings.Test).Read(new(settings.Test, settings.Options));
    }

    private static (Func<ITextTest> Standard, Func<TestOptions, ITextTest> Read) Find(string name)
        => byName.TryGetValue(name, out var kind)
            ? kind
            : throw new BadInputException($"there is no test of text called {Printable.Name(name)}; known are {string.Join(", ", Names)}");
}
