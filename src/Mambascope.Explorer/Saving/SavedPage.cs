using System.Numerics;
using Mambascope.Application;
using Mambascope.Explorer.Answers;
using Mambascope.Explorer.Subjects;
using Mambascope.Models;

namespace Mambascope.Explorer.Saving;

/// <summary>
/// An explanation as the explorer's page in one file, that opens from a disk: the same scripts, and the answers of the server to all they
/// can ask without the model. Equal explanations make equal files.
/// <code>
/// var page = SavedPage.Of(explanation, new());
/// File.WriteAllBytes("why.html", page.Bytes);
/// </code>
/// </summary>
/// <param name="Bytes">The file.</param>
/// <param name="LeftOut">What it does not hold because it would be too large, in words: "30 of 48 matrices of layers".</param>
internal sealed record SavedPage(byte[] Bytes, IReadOnlyList<string> LeftOut)
{
    /// <summary>Most bytes of such a file.</summary>
    internal const int Most = 20 << 20;

    private const int OfThePage = 256 << 10; // scripts, styles, and what is said of the model
    private const string FirstCase = "0-0";

    /// <summary>Makes the page.</summary>
    /// <param name="explanation">What was found out.</param>
    /// <param name="options">How it opens, and how large it may be.</param>
    /// <param name="progress">Told what is being done.</param>
    /// <exception cref="BadInputException">The maps alone are too large.</exception>
    internal static SavedPage Of<T>(Explanation<T> explanation, SavedPageOptions options, IProgress<Step>? progress = null)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (model, held) = (explanation.Model, new Holdings(options.Most - OfThePage));
        var name = AddressName.Of(model.Name, _ => false);
        var state = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var (maps, isOwnAnswer) = (SavedMap.Of(explanation), explanation.Top(1)[0].Index == explanation.Target.Index);
        var contents = new Contents([Described(name, explanation, maps)], [], [], []);
        string[] input = [];
        switch (explanation.Subject)
        {
            case PictureSubject picture:
                var id = AddressName.Of(picture.Name, _ => false);
                Set(("view", "pictures"), ("p", id), ("t", isOwnAnswer ? "" : $"{explanation.Target.Index}"), ("methods", Names()));
                Set(("frame", options.IsOriginal ? "original" : ""));
                contents = contents with { Pictures = [id] };
                input = picture.Original is null ? [] : ["--picture", picture.File];
                held.Keep("explanation", PictureReply.Maps(explanation).File());
                SavedPicture.Hold(held, (ImageClassifier)model, picture, maps, explanation.Target.Index, progress);
                break;
            case SeriesSubject series:
                var isNumber = explanation.Target.Value is not null;
                Set(("view", "series"), ("s", FirstCase), ("st", isOwnAnswer || isNumber ? "" : $"{explanation.Target.Index}"));
                Set(("smethods", Names()));
                contents = contents with { Series = [new(FirstCase, series.InFull, series.Case.Label, [name])] };
                input = ["--series", series.InFull];
                held.Keep("explanation", SeriesReply.Maps(explanation, series).File());
                SavedSeries.Hold(held, (SeriesModel)model, series, progress);
                break;
            case TextSubject text:
                var isLast = explanation.Token == text.Length - 1;
                var isNamed = !isOwnAnswer || explanation.Against is not null;
                var ids = IsOfLetters((TextModel)model, text) ? [] : text.Read.Ids;
                Set(("view", "text"), ("text", text.Read.Text), ("ids", string.Join(',', ids)));
                Set(("pos", isLast ? "" : $"{explanation.Token}"), ("next", isNamed ? $"{explanation.Target.Index}" : ""));
                Set(("against", $"{explanation.Against?.Index}"), ("tmethod", maps[0].Name));
                contents = contents with { Texts = [text.Read.Text] };
                held.Keep("explanation", PageJson.Bytes(TextReply.Explanation(explanation, text)));
                Set(("blocks", SavedText.Hold(held, (TextModel)model, text, explanation.Token, progress) ?? ""));
                break;
        }

        var file = new HeldPage(
            contents, state, ["explore", model.Source.Text, .. input], explanation.Subject.InFull, held.LeftOut,
            held.Answers.ToDictionary(StringComparer.Ordinal));
        return new(OneFile.Of($"{explanation.Subject.Name}: {model.Name}", PageJson.InPage(file)), held.LeftOut);

        string Names() => string.Join(',', maps.Select(map => map.Name));

        void Set(params (string Key, string Value)[] entries)
        {
            foreach (var (key, value) in entries.Where(entry => entry.Value.Length > 0))
            {
                state[key] = value;
            }
        }
    }

    // Whether the server would read the same tokens from the letters.
    private static bool IsOfLetters(TextModel model, TextSubject text)
        => model.Tokenizer is not null && ReadText.Of(model, text.Read.Text, readsSpecial: false).Ids.SequenceEqual(text.Read.Ids);

    // The model as the page describes it, with the methods that are in the file.
    private static ModelAnswer Described<T>(string name, Explanation<T> explanation, IReadOnlyList<SavedMap> maps)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var model = ModelAnswers.Of(name, explanation.Model);
        return model with
        {
            Source = explanation.Model.Source.Text,
            Methods =
            [
                .. maps.Zip(explanation.Maps, (map, found) =>
                    MethodDescription.For(explanation.Model.Model, explanation.Model.Reads)
                        .First(method => method.Name == found.Method.Name) with { Name = map.Name }),
            ],
            StandardMethods = [.. maps.Select(map => map.Name)],
        };
    }
}

/// <summary>How a page is saved.</summary>
internal sealed record SavedPageOptions
{
    /// <summary>Whether a picture is shown as it came, not as the model sees it.</summary>
    public bool IsOriginal { get; init; }

    /// <summary>Most bytes of the file.</summary>
    public int Most { get; init; } = SavedPage.Most;
}

/// <summary>The data of a saved page, as its scripts read them.</summary>
/// <param name="Contents">What there is: one model and one input.</param>
/// <param name="State">The view that opens, in the words of addresses.</param>
/// <param name="Command">The command line that opens the live page on the same model and input, word by word.</param>
/// <param name="Input">The input as it was named.</param>
/// <param name="LeftOut">What did not fit, in words.</param>
/// <param name="Answers">Packed answers by question.</param>
internal sealed record HeldPage(
    Contents Contents, IReadOnlyDictionary<string, string> State, IReadOnlyList<string> Command, string Input,
    IReadOnlyList<string> LeftOut, IReadOnlyDictionary<string, string> Answers);
