using System.CommandLine;
using Mambascope.Application;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Inputs.Series;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>How files of measurements are read: the options --layout, --label-column and --case-column.</summary>
internal sealed class SeriesOptions
{
    private readonly Option<SeriesLayout?> layout = OptionKinds.Choice<SeriesLayout?>(
        "--layout",
        "Of a CSV file: rows are time steps, series of one channel, or rows of a table [default: as the model reads them]",
        [("long", SeriesLayout.StepsInRows), ("wide", SeriesLayout.SeriesInRows), ("table", SeriesLayout.CasesInRows)]);

    private readonly Option<string?> label = OptionKinds.Text(
        "--label-column", "NAME", "Of a CSV file: the column with the classes [default: one called label, class or target]");

    private readonly Option<string?> identity = OptionKinds.Text(
        "--case-column", "NAME", "Of a CSV file: the column that says to which case a row belongs [default: one called id or case]");

    /// <summary>All of them.</summary>
    internal IReadOnlyList<Option> All => [layout, label, identity];

    /// <summary>How files are read by this command line.</summary>
    internal SeriesFileOptions Read(Session session) => new()
    {
        Layout = session.Arguments.GetValue(layout),
        Label = session.Arguments.GetValue(label),
        Case = session.Arguments.GetValue(identity),
    };

    /// <summary>Whether a word names measurements: a file of them, or a set with planted truth.</summary>
    internal static bool IsSeries(string word) => SeriesFile.Is(word) || PlantedSeries.Is(word);

    /// <summary>The cases that FILE or FILE#CASE means.</summary>
    /// <exception cref="BadInputException">It cannot be read, has no such case, or does not fit the model.</exception>
    internal IEnumerable<SeriesSubject> Cases(Session session, string name, SeriesModel model)
    {
        var (path, one) = SeriesFile.Split(name);
        var data = PlantedSeries.Is(path) ? Planted(path, model) : model.Read(path, Read(session));
        return (one is null ? data.Cases : [data.Find(one)]).Select(each => new SeriesSubject(data, each));
    }

    private static SeriesData Planted(string specification, SeriesModel model)
    {
        var (set, reads) = (PlantedSeries.Open(specification), model.Model.Format);
        return set.Format.Kind == reads.Kind && set.Format.Values == reads.Values
            ? PlantedSeries.All(set) with { Format = reads }
            : throw new BadInputException($"{specification} are series of one channel, and {model.Name} reads {SeriesFile.Listed(reads)}");
    }
}
