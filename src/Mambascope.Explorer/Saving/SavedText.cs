using Mambascope.Application;
using Mambascope.Explorer.Answers;
using Mambascope.Models;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// What a page holds of a text: where its words and sentences are, and matrices of all layers, of which it makes those between words,
/// sentences and blocks itself. Of a text too long for that, the matrix between parts of one layer.
/// </summary>
internal static class SavedText
{
    /// <summary>What tokens may be joined to, as the page names it.</summary>
    private static readonly string[] joined = ["word", "sentence", "64"];

    /// <summary>Holds all of it.</summary>
    /// <param name="held">Where it goes.</param>
    /// <param name="model">The model.</param>
    /// <param name="text">The text.</param>
    /// <param name="position">The explained position.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <returns>What tokens are joined to where the page opens; null for single tokens.</returns>
    internal static string? Hold(Holdings held, TextModel model, TextSubject text, int position, IProgress<Step>? progress)
    {
        var blocks = joined.Select(word => (Word: word, Blocks: Of(word, text))).Where(one => one.Blocks is not null).ToArray();
        foreach (var (word, parts) in blocks)
        {
            held.Offer(
                "lists of words", Holdings.Question("blocks", ("by", word)), 40L * parts!.Count,
                () => PageJson.Bytes(TextReply.Pieces(parts)));
        }

        progress?.Report(new("running the model"));
        using var run = model.Run<float>(text.Read.Tokens, position);
        var layers = new SavedLayers(run, text, (int)(model.Model.Depth * 0.7), held, progress);
        layers.HoldMeans(hasViews: false);
        var shown = layers.Shown;
        if (held.Answers.Any(answer => answer.Key == Holdings.Question("attention", ("layer", shown))))
        {
            return null;
        }

        foreach (var (word, parts) in blocks)
        {
            held.Offer(
                "matrices between words",
                Holdings.Question("attention", ("blocks", word), ("layer", shown)),
                2L * parts!.Count * parts.Count,
                () => MatrixReply.Of(Attending.Show<float>(model, text, new() { Layer = shown, Blocks = _ => parts })).File());
        }

        return blocks.Select(one => one.Word)
            .FirstOrDefault(word => held.Answers.Any(answer =>
                answer.Key == Holdings.Question("attention", ("blocks", word), ("layer", shown))));
    }

    private static IReadOnlyList<ShownPiece>? Of(string word, TextSubject text)
    {
        try
        {
            return TextPieces.By(word, text.Read);
        }
        catch (BadInputException)
        {
            return null; // more words than are shown
        }
    }
}
