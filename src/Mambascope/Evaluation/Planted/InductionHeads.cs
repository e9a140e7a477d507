using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Planted;

/// <summary>
/// Associative recall, the task of induction heads (Olsson et al. 2022; Gu and Dao 2023, section 4.1.2): random letters, among which each
/// of eight capitals stands once; at the end some capitals come again, and after each the letter that followed it has to follow again. In
/// <c>kdAmgpfBcj...BcAm</c> what follows the last <c>A</c> is <c>m</c>. Half of the capitals are asked for: were it all, the last answers
/// could be had by leaving out the letters that were given already, without looking at what is asked.
/// </summary>
/// <param name="places">
/// Places before the questions, an even number of at least <see cref="LeastPlaces"/>; with fewer the task is easier.
/// </param>
public sealed class InductionHeads(int places = PlantedTask.StandardPlaces) : PlantedTask
{
    /// <summary>Capitals: A to H.</summary>
    public const int Capitals = 8;

    /// <summary>Capitals that are asked for, each once.</summary>
    public const int Asked = 4;

    /// <summary>Different letters: a to p.</summary>
    public const int Alphabet = 16;

    /// <summary>Places of the easiest text: capitals and what follows them, nothing else.</summary>
    public const int LeastPlaces = 2 * Capitals;

    /// <inheritdoc/>
    public override string Name => "induction";

    /// <inheritdoc/>
    public override string Description
        => $"{places} places with letters, among them {Capitals} capitals; at the end {Asked} capitals come again, and after each the "
        + "letter that followed it";

    /// <inheritdoc/>
    public override int Length => places + 1 + (2 * Asked);

    /// <inheritdoc/>
    public override PlantedText Draw(int seed, long index)
    {
        var random = new SplitMix64((ulong)seed, stream: 102, index);
        var tokens = new int[Length];
        for (var place = 0; place < places; place++)
        {
            tokens[place] = 'a' + random.Below(Alphabet);
        }

        tokens[places] = ':';
        int[] capitals = [.. Enumerable.Range('A', Capitals)];
        Shuffle(capitals, ref random);
        var taken = 0;
        var at = new int[Capitals]; // where each of the shuffled capitals stands
        for (var pair = 0; taken < Capitals; pair++)
        {
            // Pairs of places, so that no capital stands where another's letter is; all choices of pairs are equally likely (Knuth,
            // algorithm S).
            if (random.Below((places / 2) - pair) < Capitals - taken)
            {
                at[taken] = 2 * pair;
                tokens[2 * pair] = capitals[taken++];
            }
        }

        int[] order = [.. Enumerable.Range(0, Capitals)];
        Shuffle(order, ref random);
        return new(tokens, [.. order.Take(Asked).Select((capital, i) =>
        {
            var (asked, letter) = (places + 1 + (2 * i), tokens[at[capital] + 1]);
            (tokens[asked], tokens[asked + 1]) = (capitals[capital], letter);
            return new PlantedQuestion(asked, letter, [at[capital] + 1]);
        })]);
    }

    private static void Shuffle(int[] values, ref SplitMix64 random)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
