using System.Globalization;
using System.Runtime.CompilerServices;
using Mambascope.Tracing;

namespace Mambascope.Models;

/// <summary>
/// What runs of a model on a text take, from sizes alone, so that it can be said before they have taken all memory or a day. Softmax
/// attention keeps a matrix over tokens for every head; everything else grows with the text.
/// </summary>
/// <param name="Bytes">Memory at the peak; measured runs come within a fifth of it.</param>
/// <param name="Seconds">Time, within a factor of a few.</param>
internal sealed record RunCost(double Bytes, double Seconds)
{
    // Seconds that nobody minds to be told of afterwards only.
    private const double LongestSeconds = 3600;

    // Of a core of 2020 and later, on average over an explanation.
    private const double OperationsPerSecond = 2e10;

    // Forward, and about twice as much on the way back; forward once more where layers are computed again.
    private const double RunsOfRecorded = 3;
    private const double RunsOfStreams = 4;

    // Bytes of a record that is kept as a whole without a thought: above, memory that is new to the process takes longer to come by than
    // a layer to compute again.
    private const double LargestWhole = 256e6;

    // What a layer makes of a token, against the outputs of its linear layers, adjoints included.
    private const double ValuesPerOutput = 3;

    /// <summary>Runs on texts of a length.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Length, L.</param>
    /// <param name="isRecorded">Whether everything is kept, to be explained.</param>
    /// <param name="runs">One after the other.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="mayKeepStreamsOnly">Whether a large record is one of the streams between layers only.</param>
    public static RunCost Of<T>(
        IModel model, int tokens, bool isRecorded, double runs = 1, int threads = 1, bool mayKeepStreamsOnly = false)
    {
        int[] heads = [.. Heads(model)];
        var keepsStreamsOnly = mayKeepStreamsOnly && isRecorded && IsLargeWhole<T>(model, tokens);
        var isWhole = isRecorded && !keepsStreamsOnly;
        var pairs = (isWhole ? heads.Sum() : heads.DefaultIfEmpty(0).Max()) * 2.0 * tokens * tokens; // and their adjoints, or a copy
        var outputs = model.Work?.Outputs ?? model.AllWeights.Where(weight => weight.Shape is [_, _]).Sum(weight => (double)weight.Rows);
        var vocabulary = model is ILanguageModel language ? 2.0 * language.VocabularySize : 0;
        var values = ValuesPerOutput * Math.Max(0, outputs - vocabulary) * tokens / (isWhole ? 1 : Math.Max(1, model.Depth));
        if (keepsStreamsOnly)
        {
            // The streams between layers, and beside a layer's values their adjoints.
            values = (2 * values) + ((model.Depth + 1.0) * ((model as ILanguageModel)?.Width ?? 0) * tokens);
        }

        var passes = keepsStreamsOnly ? RunsOfStreams : isRecorded ? RunsOfRecorded : 1;
        var operations = (model.Work?.Forward(tokens) ?? 0) * runs * passes;
        return new((pairs + values) * Unsafe.SizeOf<T>(), operations / (OperationsPerSecond * threads));
    }

    /// <summary>Whether the record of a run would be so large that only the streams between its layers are kept.</summary>
    public static bool IsLargeWhole<T>(IModel model, int tokens) => Of<T>(model, tokens, isRecorded: true).Bytes > LargestWhole;

    /// <summary>Refuses runs that need more than there is, in one line that says how long a text may be.</summary>
    /// <typeparam name="T">float or double.</typeparam>
    /// <param name="name">What the model is called.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokens">Length of the text.</param>
    /// <param name="isRecorded">Whether everything is kept.</param>
    /// <param name="runs">One after the other.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="mayTry">Whether the user wants it all the same; what cannot be held at all is refused in any case.</param>
    /// <param name="what">What is read, for the message.</param>
    /// <param name="mayKeepStreamsOnly">Whether a large record is one of the streams between layers only.</param>
    /// <exception cref="BadInputException">It is too much.</exception>
    public static void Check<T>(
        string name, IModel model, int tokens, bool isRecorded, double runs = 1, int threads = 1, bool mayTry = false,
        string what = "text", bool mayKeepStreamsOnly = false)
    {
        var heads = Heads(model).DefaultIfEmpty(0).Max();
        var longest = heads == 0 ? int.MaxValue : (int)Math.Sqrt(Array.MaxLength / (double)heads);
        var cost = Of<T>(model, tokens, isRecorded, runs, threads, mayKeepStreamsOnly);
        if (tokens > longest)
        {
            throw new BadInputException(
                $"a {what} of {Number(tokens)} tokens is too long for {name}: its attention over all pairs of tokens would take "
                    + $"{Amount(cost.Bytes)}, and at most {Number(longest)} tokens can be held at all; shorten the {what}");
        }

        var free = FreeMemory.Bytes;
        if (!mayTry && cost.Bytes > free)
        {
            throw new BadInputException(
                $"a {what} of {Number(tokens)} tokens needs about {Amount(cost.Bytes)} of memory on {name}, and {Amount(free)} are free: "
                    + $"room for about {Number(Fitting<T>(model, isRecorded, mayKeepStreamsOnly, free))} tokens; shorten the {what}, or "
                    + "try it with --no-limit");
        }

        if (!mayTry && cost.Seconds > LongestSeconds)
        {
            throw new BadInputException(
                $"{(runs > 1 ? $"{Number(runs)} runs of {name} on " : "")}a {what} of {Number(tokens)} tokens would take about "
                    + $"{Number(Math.Ceiling(cost.Seconds / LongestSeconds))} hours; shorten the {what}, join tokens where the verb has "
                    + "--blocks, or start it with --no-limit");
        }
    }

    private static IEnumerable<int> Heads(IModel model)
        => model.Shape.Layers.SelectMany(layer => layer.Mixers)
            .Where(mixer => mixer.Kind == MixerKind.Softmax)
            .Select(mixer => mixer.Count("head") ?? 0);

    // Memory rises with the text: halve until the length is known to 100 tokens.
    private static int Fitting<T>(IModel model, bool isRecorded, bool mayKeepStreamsOnly, double bytes)
    {
        const int Grain = 100;
        var (fits, fails) = (0, 1 << 24);
        while (fails - fits > Grain)
        {
            var middle = fits + ((fails - fits) / 2);
            var needed = Of<T>(model, middle, isRecorded, mayKeepStreamsOnly: mayKeepStreamsOnly).Bytes;
            (fits, fails) = needed <= bytes ? (middle, fails) : (fits, middle);
        }

        return fits / Grain * Grain;
    }

    private static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Amount(double bytes)
        => bytes < 1e9
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0} MB")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.#} GB");
}
