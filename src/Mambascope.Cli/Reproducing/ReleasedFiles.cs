using System.Text.Json.Nodes;
using Mambascope.Evaluation.Published;

namespace Mambascope.Cli.Reproducing;

/// <summary>What is there of the four things that the published tables were made from.</summary>
/// <param name="Folder">Where they are looked for.</param>
/// <param name="Vim">Weights of the Mamba column, or null.</param>
/// <param name="DeiT">Weights of the transformer column, or null.</param>
/// <param name="ImageNet">Pictures of Table 1, or null.</param>
/// <param name="Segmentation">Pictures and masks of Table 2, or null.</param>
internal sealed record ReleasedFiles(ReleasedFolder Folder, string? Vim, string? DeiT, string? ImageNet, string? Segmentation)
{
    /// <summary>What is not there.</summary>
    internal IReadOnlyList<ReleasedFile> Missing
        => [
            .. new[]
            {
                (Vim, ReleasedFile.Vim),
                (DeiT, ReleasedFile.DeiT),
                (ImageNet, ReleasedFile.ImageNet),
                (Segmentation, ReleasedFile.Segmentation),
            }
                .Where(entry => entry.Item1 is null)
                .Select(entry => entry.Item2),
        ];

    /// <summary>Whether a line of either table can be computed: a model and pictures.</summary>
    internal bool AreUseful => (Vim ?? DeiT) is not null && (ImageNet ?? Segmentation) is not null;

    /// <summary>What is missing, for people.</summary>
    internal void WriteMissing(TextWriter output)
    {
        foreach (var file in Missing)
        {
            output.WriteLine($"  {file.Name}");
            output.WriteLine($"      what it is    {file.Contents}");
            output.WriteLine($"      published at  {file.Source}");
            output.WriteLine($"      put it at     {Folder.PlaceOf(file)}");
            output.WriteLine($"                    or name it with {file.Option}");
            if (file.Preparation is { } preparation)
            {
                output.WriteLine(
                    preparation.StartsWith("or: ", StringComparison.Ordinal)
                        ? $"      or            {preparation[4..]}"
                        : $"      then          {preparation}");
            }
        }
    }

    /// <summary>What is missing, for machines.</summary>
    internal JsonArray Json() => [.. Missing.Select(file => new JsonObject
    {
        ["name"] = file.Name,
        ["option"] = file.Option,
        ["contents"] = file.Contents,
        ["source"] = file.Source,
        ["put_at"] = Folder.PlaceOf(file),
        ["preparation"] = file.Preparation,
    })];
}
