using Mambascope.Attribution;
using Mambascope.Evaluation.Controls;

namespace Mambascope.Evaluation.Texts;

/// <summary>A source of maps of text in an evaluation: an attribution method with its options, or a control.</summary>
public sealed class TextMethod
{
    private readonly Func<Decision<float>, TestQuestion, RelevanceMap<float>> map;

    private TextMethod(string name, Func<Decision<float>, TestQuestion, RelevanceMap<float>> map) => (Name, this.map) = (name, map);

    /// <summary>Name in tables: METHOD, METHOD.FORM, or a control's.</summary>
    public string Name { get; }

    /// <summary>The attribution method with its options; null for a control.</summary>
    public (AttributionMethod Method, AttributionOptions Options)? Attribution { get; private init; }

    /// <summary>Whether it answers why one token and not another; a method that does not is asked why the one.</summary>
    public bool ExplainsContrasts => Attribution?.Method.ExplainsContrasts ?? true;

    /// <summary>An attribution method.</summary>
    public static TextMethod Of(AttributionMethod method, AttributionOptions options)
        => new(method.NameOf(options), (decision, question) => method.Explain(decision, question.Model.Network, options)[0]) { Attribution = (method, options) };

    /// <summary>A map that does not come from a model.</summary>
    public static TextMethod Given(string name, Func<TestQuestion, float[]> values)
        => new(name, (_, question) => RelevanceMap<float>.Of(values(question), 1, question.Source.Tokens.Length));

    /// <summary>
    /// What every table carries for comparison: noise, the nearness to the asked token (what a model needs is often what it read last), and the
    /// truth itself where it is known. None of them reads the model.
    /// </summary>
    /// <param name="hasTruth">Whether the data set knows which tokens matter.</param>
    /// <param name="seed">Seed of the noise.</param>
    public static IReadOnlyList<TextMethod> Controls(bool hasTruth, int seed) =>
    [
        Given("random", question => RandomMap.Of(1, question.Source.Tokens.Length, seed, question.Index).Values),
        Given("most-recent", question => [.. Enumerable.Range(0, question.Source.Tokens.Length).Select(t => (float)t)]),
        .. hasTruth ? [Given("oracle", question => [.. Enumerable.Range(0, question.Source.Tokens.Length).Select(t => question.Source.Truth?.Contains(t) == true ? 1f : 0f)])] : Array.Empty<TextMethod>(),
    ];

    /// <summary>The map of a question.</summary>
    /// <param name="decision">The token <see cref="TestQuestion.Explained"/> in a recorded run of the question.</param>
    /// <param name="question">The question.</param>
    public RelevanceMap<float> Map(Decision<float> decision, TestQuestion question) => map(decision, question);
}
