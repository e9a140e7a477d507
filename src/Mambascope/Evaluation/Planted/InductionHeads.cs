using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Planted;

/// <summary>
/// Associative recall, the task of induction heads (Olsson et al. 2022; Gu and Dao 2023, section 4.1.2): random letters, in which each of a
/// few capitals has stood once; when a capital comes again at the end, the letter that followed it has to follow again. In
/// <c>kdAmgpfBcj...BcAm</c> what follows the last <c>A</c> is <c>m</c>.
/// </summary>
/// <param name="places">Places before the questions, an even number of at least twice <see cref="Capitals"/>; with fewer the task is easier.</param>
public sealed class InductionHeads(int places = PlantedTask.StandardPlaces) : PlantedTask
{
    /// <summary>Capitals, each of which is asked for once.</summary>
    public const int Capitals = 4;

    /// <summary>Different letters: a to p.</summary>
    public const int Alphabet = 16;

    private const int DifferentCapitals = 8;

    /// <inheritdoc/>
    public override string Name => "induction";

    /// <inheritdoc/>
    public override string Description => $"{places} places with letters, {Capitals} of them capitals; at the end the capitals come again, and after each the letter that followed it";

    /// <inheritdoc/>
    public override int Length => places + 1 + (2 * Capitals);

    /// <inheritdoc/>
    public override PlantedText Draw(int seed, long index)
    {
        var random = new SceneRandom((ulong)seed, stream: 102, index);
        var tokens = new int[Length];
        for (var place = 0; place < places; place++)
        {
            tokens[place] = 'a' + random.Below(Alphabet);
        }

        tokens[places] = ':';
        int[] capitals = [.. Enumerable.Range('A', DifferentCapitals)];
        Shuffle(capitals, ref random);
        int[] order = [.. Enumerable.Range(0, Capitals)];
        Shuffle(order, ref random);
        var questions = new PlantedQuestion[Capitals];
        for (int pair = 0, taken = 0; taken < Capitals; pair++)
        {
            // Pairs of places, so that no capital stands where another's letter is.
            if (random.Below((places / 2) - pair) >= Capitals - taken)
            {
                continue;
            }

            var (place, asked) = (2 * pair, places + 1 + (2 * order[taken]));
            var letter = tokens[place + 1];
            (tokens[place], tokens[asked], tokens[asked + 1]) = (capitals[taken], capitals[taken], letter);
            questions[order[taken++]] = new(asked, letter, [place + 1]);
        }

        return new(tokens, questions);
    }

    private static void Shuffle(int[] values, ref SceneRandom random)
    {
        for (var i = values.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (values[i], values[j]) = (values[j], values[i]);
        }
    }
}
