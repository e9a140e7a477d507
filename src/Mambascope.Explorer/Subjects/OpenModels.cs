using Mambascope.Explorer.Serving;
using Mambascope.Models;

namespace Mambascope.Explorer.Subjects;

/// <summary>The models that were named at the start, by name; where two have the same, the later ones have a number.</summary>
internal sealed class OpenModels
{
    private readonly Dictionary<string, LoadedModel> byName = new(StringComparer.Ordinal);

    internal OpenModels(IReadOnlyList<LoadedModel> models)
    {
        foreach (var model in models)
        {
            var name = AddressName.Of(model.Name, byName.ContainsKey);
            byName.Add(name, model);
            Names.Add(name);
        }
    }

    /// <summary>Names in the order of the command line.</summary>
    internal List<string> Names { get; } = [];

    /// <summary>The model of that name.</summary>
    /// <exception cref="NotThereException">It was not named at the start.</exception>
    internal LoadedModel Find(string name)
        => byName.GetValueOrDefault(name) ?? throw new NotThereException("this model was not named when the explorer was started");

    /// <summary>The model of that name, which has to read pictures.</summary>
    /// <exception cref="BadInputException">It reads something else.</exception>
    internal ImageClassifier FindForPictures(string name)
        => Find(name) as ImageClassifier ?? throw Unsuited(name, "a model for pictures");

    /// <summary>The model of that name, which has to read text.</summary>
    /// <exception cref="BadInputException">It reads something else.</exception>
    internal TextModel FindForText(string name)
        => Find(name) as TextModel ?? throw Unsuited(name, "a language model");

    /// <summary>The model of that name, which has to read series or tables.</summary>
    /// <exception cref="BadInputException">It reads something else.</exception>
    internal SeriesModel FindForSeries(string name)
        => Find(name) as SeriesModel ?? throw Unsuited(name, "a model of series");

    private BadInputException Unsuited(string name, string wanted)
    {
        var reads = Find(name) switch
        {
            ImageClassifier => "looks at pictures",
            TextModel => "reads text",
            _ => "reads series",
        };
        return new($"{name} {reads}; name {wanted}");
    }
}
