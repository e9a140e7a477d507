using System.CommandLine;
using System.Globalization;
using Mambascope.Application;
using Mambascope.Checkpoints;
using Mambascope.Imaging;
using Mambascope.Inputs.Series;
using Mambascope.Models;

namespace Mambascope.Cli;

/// <summary>
/// INPUT: a picture or a safetensors file with <c>pixel_values</c>; for a verb that reads text too also <c>--text</c>, <c>--tokens</c>, a
/// .txt file or a safetensors file with <c>input_ids</c>. What does not suit the model is refused with a sentence.
/// </summary>
internal sealed class InputArgument
{
    private const string Tensors = ".safetensors";
    private const string Ids = "input_ids";
    private const string Pixels = "pixel_values";
    private const string PicturesOnly = "give a picture file, or a .safetensors file with pixel_values";
    private const string TextOnly = "give --text \"...\", --tokens 1,2,3, a .txt file or a .safetensors file with input_ids";
    private const string SeriesOnly = "give FILE.ts, .csv, .tsv or .npz, or motifs:COUNT, with #CASE behind it for one case";
    private const string TextToo = "give a picture, --text \"...\", or a .safetensors file with pixel_values or input_ids";

    private readonly bool readsText;
    private readonly bool seesPictures;
    private readonly bool takesMany;
    private readonly bool readsSeries;
    private readonly Argument<string[]> file;
    private readonly Option<string?> text;
    private readonly Option<string?> tokens;
    private readonly Option<bool> special = OptionKinds.Switch(
        "--special", "Special tokens that are written in the text, such as <|endoftext|>, are meant as such, not as text");

    private readonly PictureOptions picture = new();
    private readonly SeriesOptions series = new();
    private IReadOnlyList<GivenInput>? expanded; // stdin can be read once

    internal InputArgument(Command verb, bool readsText = false, bool seesPictures = true, bool takesMany = false, bool readsSeries = false)
    {
        this.readsSeries = readsSeries;
        this.readsText = readsText;
        this.seesPictures = seesPictures;
        this.takesMany = takesMany;
        file = new("INPUT")
        {
            Description = !seesPictures
                ? "A .txt file, - for a text on stdin, or a .safetensors file with input_ids"
                : "A PNG, JPEG, WebP, TIFF or DICOM picture, or a .safetensors file with pixel_values (channels, height, width), "
                    + "normalised already"
                    + (readsText ? "; for a language model a .txt file, or a .safetensors file with input_ids" : "")
                    + (readsSeries ? "; for a model of series FILE.ts, .csv, .tsv or .npz, or motifs:COUNT, with #CASE behind "
                        + "it for one case" : "")
                    + (takesMany ? "; several of them, folders, patterns such as photos/*.jpg; - for stdin" : "; - for stdin"),
            Arity = ArgumentArity.ZeroOrMore, // of which most verbs take one, and say so
        };

        // Hidden where they are refused: known, so that the answer can be better than "unrecognised".
        text = new("--text")
        {
            Description = "Text for a language model, in place of INPUT",
            HelpName = "TEXT",
            Hidden = !readsText,
        };
        tokens = new("--tokens")
        {
            Description = "Token ids for a language model, in place of INPUT: 1,2,3",
            HelpName = "IDS",
            Hidden = !readsText,
        };
        verb.Add(file);
        verb.Add(text);
        verb.Add(tokens);
        if (readsText)
        {
            verb.Add(special);
        }

        if (seesPictures)
        {
            foreach (var option in picture.All.Concat(readsSeries ? series.All : []))
            {
                verb.Add(option);
            }
        }
    }

    /// <summary>Whether a model of series is asked, by the model that was named; only of verbs that read series.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="model">The model that was named; null for the one that ships.</param>
    /// <exception cref="UsageException">No input, or one that the named model cannot read.</exception>
    internal bool IsSeries(Session session, string? model)
    {
        var words = session.Arguments.GetValue(file) ?? [];
        var isSeries = model is not null && ModelInputs.Of(model) == ModelInput.Series;
        if (!isSeries)
        {
            var given = words.FirstOrDefault(SeriesOptions.IsSeries);
            return given is null
                ? series.All.FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } lone
                    ? throw new UsageException($"{lone.Name} is for series and tables: name a model of them with --model")
                    : false
                : throw new UsageException(
                    $"{given} holds measurements, and {model ?? "the model that ships"} reads none: name a model of series with --model, "
                        + "such as a folder of mambascope train");
        }

        if (Written(session) is [var option, ..])
        {
            throw new UsageException($"{option} is for language models, and {model} reads series: {SeriesOnly}");
        }

        if (words.Length == 0)
        {
            throw new UsageException($"INPUT is missing: {SeriesOnly}");
        }

        return words.FirstOrDefault(word => !SeriesOptions.IsSeries(word)) is { } other
            ? throw new UsageException($"{other} holds no series, and {model} reads nothing else: {SeriesOnly}")
            : picture.All.FirstOrDefault(option => session.Arguments.GetResult(option) is { Implicit: false }) is { } foreign
                ? throw new UsageException($"{foreign.Name} is for pictures, and {model} reads series")
                : true;
    }

    /// <summary>The cases that were given, all of a file where none is named; only when <see cref="IsSeries"/>.</summary>
    /// <exception cref="BadInputException">A file cannot be read, or does not fit the model.</exception>
    internal IReadOnlyList<SeriesSubject> Series(Session session, SeriesModel model)
        => session.Progress.During("reading the series", () => (SeriesSubject[])
            [.. session.Arguments.GetValue(file)!.SelectMany(word => series.Cases(session, word, model))]);

    /// <summary>The one case.</summary>
    /// <exception cref="UsageException">Several were given, or a file of several.</exception>
    internal SeriesSubject OneSeries(Session session, SeriesModel model)
    {
        var cases = Series(session, model);
        return cases.Count == 1
            ? cases[0]
            : throw new UsageException(
                $"{session.Arguments.CommandResult.Command.Name} takes one case, and {cases.Count} were given: name one with #, such as "
                    + cases[0].InFull);
    }

    /// <summary>Whether a language model is asked, by the input or, where that leaves it open, by the model that was named.</summary>
    /// <param name="session">The command line.</param>
    /// <param name="model">The model that was named; null for the one that ships.</param>
    /// <exception cref="UsageException">No input, several, or one that the named model cannot read.</exception>
    internal bool IsText(Session session, string? model)
    {
        var (written, words) = (Written(session), session.Arguments.GetValue(file) ?? []);
        if ((written.Length > 0 && words.Length > 0) || written.Length > 1)
        {
            throw new UsageException($"INPUT, {text.Name} and {tokens.Name} exclude each other: give one of them");
        }

        if (written.Length == 0 && words.Length == 0)
        {
            throw Missing(session);
        }

        var read = model is null ? null : ModelInputs.Of(model);
        if (read == ModelInput.Series)
        {
            throw new UsageException(
                $"{model} reads series, and {session.Arguments.CommandResult.Command.Name} does not; run, explain and attention do");
        }

        var path = words is [var first, ..] ? first : null;
        var asked = written.Length > 0 ? ModelInput.Text : Kind(session, read);
        if (asked is not null && read is not null && asked != read)
        {
            throw new UsageException(read == ModelInput.Pictures
                ? $"{(written.Length > 0 ? written[0] : path)} is for language models, and {model} looks at pictures: {PicturesOnly}, or "
                    + $"name a language model with --model, for example {ModelOptions.StandardLanguageModel}"
                : $"{path} is no text, and {model} is a language model: give --text \"...\", --tokens 1,2,3, a .txt file or a .safetensors "
                    + $"file with {Ids}, or name a model for pictures with --model, for example {ModelOptions.StandardVisionModel}");
        }

        var isText = (asked ?? read) == ModelInput.Text;
        return !isText
            || picture.All.FirstOrDefault(option => session.Arguments.GetResult(option) is { Implicit: false }) is not { } foreign
            ? isText
            : throw new UsageException($"{foreign.Name} is for pictures; a language model reads text");
    }

    /// <summary>The one picture.</summary>
    /// <exception cref="UsageException">None was given, or several, or text for a verb that looks at pictures.</exception>
    internal GivenInput One(Session session)
        => All(session) is [var only]
            ? only
            : throw TooMany(session, All(session).Count);

    /// <summary>All inputs that are files or stdin.</summary>
    /// <exception cref="UsageException">None was given, or text for a verb that looks at pictures.</exception>
    /// <exception cref="BadInputException">A pattern or folder holds none.</exception>
    internal IReadOnlyList<GivenInput> All(Session session, ModelInput? reads = ModelInput.Pictures)
    {
        if (Written(session) is [var option, ..])
        {
            throw new UsageException(
                $"{option} is for language models; {session.Arguments.CommandResult.Command.Name} looks at pictures: {PicturesOnly}");
        }

        // What looks like an option and is no file was meant as one.
        var words = session.Arguments.GetValue(file) ?? [];
        if (words.FirstOrDefault(word => word.Length > 1 && word[0] == '-' && !File.Exists(word)) is { } unknown)
        {
            throw new UsageException(DidYouMean.Option(unknown, session.Arguments.CommandResult.Command));
        }

        return words.Length > 0
            ? expanded ??= InputFiles.Expand(words, reads is null ? null : reads == ModelInput.Text)
            : throw Missing(session);
    }

    /// <summary>The one text or list of ids; only when <see cref="IsText"/>.</summary>
    /// <exception cref="UsageException">Ids that are no whole numbers, or several texts.</exception>
    internal TextInput Text(Session session)
        => Texts(session) is [var only]
            ? only
            : throw TooMany(session, Texts(session).Count);

    /// <summary>The texts or ids that were given; only when <see cref="IsText"/>.</summary>
    /// <exception cref="UsageException">Ids that are no whole numbers.</exception>
    internal IReadOnlyList<TextInput> Texts(Session session)
    {
        var texts = Written(session).Length > 0
            ? [
                new(
                    session.Arguments.GetValue(text),
                    session.Arguments.GetValue(tokens) is { } ids ? Numbers(ids) : null,
                    File: null),
            ]
            : All(session, ModelInput.Text).Select(input => input.AsText());
        return [.. texts.Select(each => each with { ReadsSpecial = session.Arguments.GetValue(special) })];
    }

    /// <summary>Reads a picture as a model sees it.</summary>
    internal PictureSubject Read(Session session, GivenInput input, ImageClassifier classifier)
        => session.Progress.During($"reading {input.Path}", () => PictureOptions.Read(input, PictureFiles(session), classifier));

    /// <summary>How picture files are read.</summary>
    internal ImageFileOptions PictureFiles(Session session) => picture.Read(session);

    private string[] Written(Session session)
        => [.. new[] { text, tokens }.Where(option => session.Arguments.GetResult(option) is not null).Select(option => option.Name)];

    private UsageException TooMany(Session session, int count)
        => new(
            $"{session.Arguments.CommandResult.Command.Name} takes one input, and {count} were given"
                + (takesMany ? "; leave out what is for one" : "; run and explain take several"));

    private UsageException Missing(Session session)
        => new(
            $"INPUT is missing: {(!seesPictures ? TextOnly : readsText ? TextToo : PicturesOnly)}; see mambascope "
                + $"{session.Arguments.CommandResult.Command.Name} --help");

    // Null where a file could be either; what is wrong with it is said when it is read.
    private ModelInput? Kind(Session session, ModelInput? read)
    {
        ModelInput?[] kinds = [.. All(session, read).Select(Kind).Distinct()];
        return kinds.OfType<ModelInput>().Distinct().Count() < 2
            ? kinds[0]
            : throw new UsageException("pictures and texts were given together; they are for different models: give them apart");
    }

    private static ModelInput? Kind(GivenInput input)
    {
        if (input.Bytes is { } bytes)
        {
            return ImageFile.IsPicture(bytes) ? ModelInput.Pictures : ModelInput.Text;
        }

        if (input.Path.EndsWith(TextInput.FileEnding, StringComparison.OrdinalIgnoreCase))
        {
            return ModelInput.Text;
        }

        if (!input.Path.EndsWith(Tensors, StringComparison.OrdinalIgnoreCase))
        {
            return ModelInput.Pictures;
        }

        if (!File.Exists(input.Path))
        {
            return null;
        }

        using var checkpoint = Checkpoint.Open(input.Path);
        return (checkpoint.Tensors.ContainsKey(Ids), checkpoint.Tensors.ContainsKey(Pixels)) switch
        {
            (true, false) => ModelInput.Text,
            (false, true) => ModelInput.Pictures,
            _ => null,
        };
    }

    private int[] Numbers(string list)
        => [
            .. list.Split(',')
                .Select(word =>
                    int.TryParse(word.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                        ? id
                        : throw new UsageException(
                            $"{tokens.Name} {ShownText.Line(word, most: 20)}: expected token ids, whole numbers of 0 or more separated by "
                                + "commas, such as 1,2,3")),
        ];
}
