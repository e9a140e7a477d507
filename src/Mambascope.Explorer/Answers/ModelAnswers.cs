using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Explorer.Serving;
using Mambascope.Explorer.Subjects;
using Mambascope.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Mambascope.Explorer.Answers;

/// <summary>What there is to explore.</summary>
/// <param name="Models">The models.</param>
/// <param name="Pictures">Names of pictures: those that were named at the start, and samples.</param>
/// <param name="Texts">Sample texts.</param>
/// <param name="Series">Series and rows of tables.</param>
internal sealed record Contents(
    IReadOnlyList<ModelAnswer> Models, IReadOnlyList<string> Pictures, IReadOnlyList<string> Texts, IReadOnlyList<SeriesEntry> Series);

/// <summary>A model, and what can be asked of it.</summary>
/// <param name="Name">Its name in addresses.</param>
/// <param name="Source">As it was named on the command line.</param>
/// <param name="Reads">"pictures", "text" or "series".</param>
/// <param name="Kind">"Vision Mamba".</param>
/// <param name="Layers">How many.</param>
/// <param name="Mixing">Those that mix tokens.</param>
/// <param name="Scans">Scans side by side in a layer: 2 where they run both ways, 0 without scans.</param>
/// <param name="Channels">Channels with a matrix each, or null.</param>
/// <param name="Heads">Heads with a matrix each, or null.</param>
/// <param name="ClassToken">The token that is no patch, or null.</param>
/// <param name="Rows">Patches from top to bottom; null for text.</param>
/// <param name="Columns">Patches from left to right; null for text.</param>
/// <param name="Methods">The methods that explain it.</param>
/// <param name="StandardMethods">Those that are shown first.</param>
/// <param name="Facts">What it is, for people: pairs of a title and words.</param>
internal sealed record ModelAnswer(
    string Name, string Source, string Reads, string Kind, int Layers, IReadOnlyList<int> Mixing, int Scans, int? Channels, int? Heads,
    int? ClassToken, int? Rows, int? Columns, IReadOnlyList<MethodDescription> Methods, IReadOnlyList<string> StandardMethods,
    IReadOnlyList<string[]> Facts);

/// <summary>Addresses about the models and samples.</summary>
internal static class ModelAnswers
{
    /// <summary>Adds the addresses.</summary>
    internal static void Map(IEndpointRouteBuilder routes, OpenModels models, Pictures pictures, SeriesSubjects series)
    {
        var contents = new Contents(
            [.. models.Names.Select(name => Of(name, models.Find(name)))], pictures.All, SampleTexts.All, series.All);
        routes.MapGet("/contents", () => contents).Asks("Contents", "Models, sample pictures, sample texts, series").Produces<Contents>();
    }

    /// <summary>A model, and what can be asked of it.</summary>
    /// <param name="name">Its name in addresses.</param>
    /// <param name="model">The model.</param>
    internal static ModelAnswer Of(string name, LoadedModel model)
    {
        var description = model switch
        {
            ImageClassifier classifier => ModelDescription.Of(classifier),
            SeriesModel measured => ModelDescription.Of(measured),
            _ => ModelDescription.Of((TextModel)model),
        };
        var (facts, grid) = (model.Model.Facts, (model.Model as IVisionModel)?.Grid);
        return new(
            name,
            model.Source.Preset is null && model.Source.Path is { } path && model.Source.Text == path ? name : model.Source.Text,
            description.Reads.ToString().ToLowerInvariant(),
            facts.Kind,
            model.Model.Depth,
            Mixing(model),
            Scans(model),
            facts.Channels,
            facts.Heads,
            facts.ClassToken,
            grid?.Rows,
            grid?.Columns,
            description.Methods,
            [.. StandardMethods.For(model).Select(method => method.Name)],
            [.. description.Facts.Where(fact => fact.Label is not (null or "weights")).Select(fact => new[] { fact.Label!, fact.Words! })]);
    }

    /// <summary>Layers that mix tokens.</summary>
    internal static IReadOnlyList<int> Mixing(LoadedModel model)
        => [.. model.Model.Shape.Layers.Index().Where(layer => layer.Item.Mixers.Count > 0).Select(layer => layer.Index)];

    /// <summary>Scans side by side in a layer, at most.</summary>
    internal static int Scans(LoadedModel model)
        => model.Model.Shape.Layers.SelectMany(layer => layer.Mixers).Select(mixer => mixer.Scans).DefaultIfEmpty().Max();
}
