using System.Globalization;
using Mambascope.Application;
using Mambascope.Evaluation.SeriesDatasets;
using Mambascope.Explorer.Serving;
using Mambascope.Inputs.Series;
using Mambascope.Models;

namespace Mambascope.Explorer.Subjects;

/// <summary>A case that the page offers.</summary>
/// <param name="Series">Its name in addresses.</param>
/// <param name="Name">What it is called: FILE#CASE.</param>
/// <param name="Label">Its label; null where it has none.</param>
/// <param name="Models">The models that read it.</param>
internal sealed record SeriesEntry(string Series, string Name, string? Label, IReadOnlyList<string> Models);

/// <summary>
/// The series and rows of tables that were named at the start: no file is ever named by the browser. Where none were named, models of
/// <c>motifs</c> have examples of such series.
/// </summary>
internal sealed class SeriesSubjects
{
    private const int Most = 200; // of each file: a list to pick from, not an archive
    private const string Motifs = "motifs:24";

    private readonly Dictionary<(string Series, string Model), (ISeriesDataset Data, int Index)> cases = [];
    private readonly List<SeriesEntry> entries = [];

    /// <summary>Reads the files.</summary>
    /// <param name="files">FILE or FILE#CASE, or what else <see cref="SeriesDatasetSpecification"/> knows.</param>
    /// <param name="models">The models.</param>
    /// <exception cref="BadInputException">No model reads one of them, or it is damaged.</exception>
    internal SeriesSubjects(IReadOnlyList<string> files, OpenModels models)
    {
        (string Name, SeriesModel Model)[] readers =
            [.. models.Names.Select(name => (name, models.Find(name) as SeriesModel)).Where(one => one.Item2 is not null)!];
        string[] named = files.Count > 0 ? [.. files] : readers.Any(reader => IsOfMotifs(reader.Model)) ? [Motifs] : [];
        foreach (var (number, file) in named.Index())
        {
            Read(number, file, [.. readers.Where(reader => files.Count > 0 || IsOfMotifs(reader.Model))]);
        }
    }

    /// <summary>All of them.</summary>
    internal IReadOnlyList<SeriesEntry> All => entries;

    /// <summary>A case as a model reads it, and the steps that are known to decide; null where that is not known.</summary>
    /// <exception cref="NotThereException">There is none of that name for that model.</exception>
    internal (SeriesSubject Subject, IReadOnlyList<int>? Truth) Find(string series, string name, SeriesModel model)
    {
        if (!cases.TryGetValue((series, name), out var found))
        {
            throw new NotThereException("this series was not named when the explorer was started, or the model does not read it");
        }

        var item = found.Data.Read(found.Index);
        return (new(new(found.Data.Name, model.Model.Format, [item.Case], []), item.Case), item.Truth);
    }

    // By what its classes are called.
    private static bool IsOfMotifs(SeriesModel model)
        => SeriesDatasetSpecification.Open(Motifs, model).Classes
            .SequenceEqual(Enumerable.Range(0, model.Labels.Count).Select(i => model.Labels[i]), StringComparer.Ordinal);

    private void Read(int number, string file, (string Name, SeriesModel Model)[] readers)
    {
        var opened = new List<(string Name, ISeriesDataset Data)>();
        BadInputException? refusal = null;
        foreach (var (name, model) in readers)
        {
            try
            {
                var data = SeriesDatasetSpecification.Open(file, model, most: Most);
                if (data.Format.Kind == model.Model.Format.Kind && data.Format.Values == model.Model.Format.Values)
                {
                    opened.Add((name, data));
                }
            }
            catch (BadInputException error)
            {
                refusal = error; // another model may read it
            }
        }

        if (opened is [])
        {
            throw refusal ?? new BadInputException($"{file}: none of the models reads such series; name one that does");
        }

        for (var index = 0; index < opened[0].Data.Count; index++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"{number}-{index}");
            var item = opened[0].Data.Read(index);
            foreach (var (name, data) in opened)
            {
                cases.Add((id, name), (data, index));
            }

            entries.Add(new(
                id, $"{Path.GetFileName(opened[0].Data.Name)}#{item.Case.Name}", item.Case.Label, [.. opened.Select(one => one.Name)]));
        }
    }
}
