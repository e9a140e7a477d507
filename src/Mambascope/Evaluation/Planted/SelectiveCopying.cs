using Mambascope.Evaluation.Datasets;

namespace Mambascope.Evaluation.Planted;

/// <summary>
/// Selective copying (Gu and Dao 2023, section 4.1.1; Jing et al. 2019): letters stand at random places among dots, and after a bar the
/// letters alone have to be repeated in their order. The digits before the answers say which letter is asked, so the answers do not depend
/// on each other: in <c>..f....c.ka....|1f2c3k4a</c> the letter after <c>3</c> was the third one.
/// </summary>
/// <param name="places">Places among which the letters stand, at least <see cref="Letters"/>; with fewer the task is easier.</param>
public sealed class SelectiveCopying(int places = PlantedTask.StandardPlaces) : PlantedTask
{
    /// <summary>Letters to remember.</summary>
    public const int Letters = 6;

    /// <summary>Different letters: a to p.</summary>
    public const int Alphabet = 16;

    /// <inheritdoc/>
    public override string Name => "selective-copying";

    /// <inheritdoc/>
    public override string Description
        => $"{Letters} letters among {places} places, the rest dots; after a bar, each digit asks for the letter of that rank";

    /// <inheritdoc/>
    public override int Length => places + 1 + (2 * Letters);

    /// <inheritdoc/>
    public override PlantedText Draw(int seed, long index)
    {
        var random = new SplitMix64((ulong)seed, stream: 101, index);
        var tokens = new int[Length];
        tokens.AsSpan(0, places).Fill('.');
        tokens[places] = '|';
        var questions = new PlantedQuestion[Letters];
        var rank = 0;
        for (var place = 0; rank < Letters; place++)
        {
            // Each place is taken with the chance that makes all choices of places equally likely (Knuth, algorithm S).
            if (random.Below(places - place) >= Letters - rank)
            {
                continue;
            }

            var letter = 'a' + random.Below(Alphabet);
            var asked = places + 1 + (2 * rank);
            (tokens[place], tokens[asked], tokens[asked + 1]) = (letter, '1' + rank, letter);
            questions[rank++] = new(asked, letter, [place]);
        }

        return new(tokens, questions);
    }
}
