using System.Text.RegularExpressions;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Sanity;

/// <summary>
/// Weights in which what was learned is destroyed from the output downwards (cascading randomisation; Adebayo et al. 2018): the values of
/// each array are put in random order. Scale and sign balance stay those of the model, so that no architecture overflows; where the
/// original test draws initial weights anew, a permutation needs to know of none.
/// <code>
/// var cascade = new WeightRandomisation(model.Weights.All, seed: 0);
/// var half = new VisionMamba(config, new(config, cascade.Source(stages: cascade.Stages.Count / 2)));
/// </code>
/// The model given is not changed.
/// </summary>
internal sealed partial class WeightRandomisation
{
    private readonly Dictionary<string, (Weight Weight, int Stage, Lazy<Weight> Shuffled)> weights = new(StringComparer.Ordinal);

    /// <summary>Groups weights by block.</summary>
    /// <param name="inForwardOrder">The weights of a model, from the input to the output.</param>
    /// <param name="seed">Seed of the permutations; each array has its own.</param>
    public WeightRandomisation(IEnumerable<Weight> inForwardOrder, int seed)
    {
        Weight[] all = [.. inForwardOrder];
        string[] stages = [.. all.Select(weight => Group(weight.Name)).Reverse().Distinct(StringComparer.Ordinal)];
        Stages = stages;
        for (var i = 0; i < all.Length; i++)
        {
            var (weight, own) = (all[i], StableSeed.Of(seed, i));
            weights.Add(weight.Name, (weight, Array.IndexOf(stages, Group(weight.Name)), new(() => Shuffled(weight, own))));
        }
    }

    /// <summary>Groups of weights in the order in which they are randomised: the classifier first, the embedding last.</summary>
    public IReadOnlyList<string> Stages { get; }

    /// <summary>
    /// The weights with the first <paramref name="stages"/> groups randomised and the others as they are. Models of several stages share
    /// their arrays.
    /// </summary>
    public WeightSource Source(int stages) => (name, _) =>
    {
        if (!weights.TryGetValue(name, out var entry))
        {
            throw new BadInputException($"randomised weights: the model asks for {name}, which the original does not have");
        }

        return entry.Stage < stages ? entry.Shuffled.Value : entry.Weight;
    };

    private static Weight Shuffled(Weight weight, int seed)
    {
        var values = (float[])weight.Values<float>().Clone();
        new Random(seed).Shuffle(values);
        return new(weight.Name, values, [.. weight.Shape]);
    }

    // "layers.3.mixer.in_proj.weight" belongs to "layers.3", "head.bias" to "head".
    private static string Group(string name) => Block().Match(name) is { Success: true } match ? match.Value : name.Split('.')[0];

    [GeneratedRegex(@"^.*?\.\d+(?=\.)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();
}
