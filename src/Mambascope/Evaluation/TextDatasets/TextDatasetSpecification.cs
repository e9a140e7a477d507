using System.Globalization;
using Mambascope.Evaluation.Planted;

namespace Mambascope.Evaluation.TextDatasets;

/// <summary>
/// Data sets of text by one word:
/// <list type="bullet">
/// <item><c>TASK:COUNT[:SEED]</c>, planted truth, see <see cref="PlantedTasks"/>.</item>
/// </list>
/// The data set is a function of the word, the options and the files it names.
/// </summary>
public static class TextDatasetSpecification
{
    private const int MaxCount = 1_000_000;

    /// <summary>Opens a data set.</summary>
    /// <exception cref="BadInputException">There is nothing of that name, or it is damaged or laid out in another way.</exception>
    public static ITextDataset Open(string specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        var parts = specification.Split(':');
        if (PlantedTasks.All.FirstOrDefault(task => task.Name == parts[0]) is { } planted)
        {
            return parts.Length is 2 or 3 && Number(parts[1], out var count) && count is >= 1 and <= MaxCount && Number(parts.Length == 3 ? parts[2] : $"{PlantedDataset.TestSeed}", out var seed)
                ? new PlantedDataset(planted, count, seed)
                : throw new BadInputException($"{specification}: expected {planted.Name}:COUNT or {planted.Name}:COUNT:SEED with COUNT from 1 to {MaxCount}, for example {planted.Name}:200");
        }

        throw new BadInputException($"{specification}: expected a data set of text, found no such file; known are {string.Join(", ", PlantedTasks.All.Select(task => $"{task.Name}:200"))}");
    }

    private static bool Number(string word, out int number) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
