using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Cli.Explanations;
using Mambascope.Models;

namespace Mambascope.Cli.Verbs;

/// <summary>What the model says about an input.</summary>
internal sealed class RunVerb : Verb
{
    private const int StandardTop = 5;
    private const int StandardTopOfMany = 3;

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly Option<int?> top = OptionKinds.Whole("--top", "N", $"Classes or next tokens to print [default: {StandardTop}]", 1);
    private readonly Option<int?> generate = OptionKinds.Whole("--generate", "N", "Continue the text by N tokens", 1);
    private readonly SamplingChoice sampling;

    internal RunVerb()
        : base("run", "The most likely classes of a picture or series, or next tokens of a text, with probabilities; or a text continued")
    {
        input = new(this, readsText: true, takesMany: true, readsSeries: true);
        model = new(this, readsText: true, readsSeries: true);
        Add(top);
        Add(generate);
        sampling = new(this);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope run picture.jpg", "what the shipped model sees"),
        (
            "mambascope run picture.jpg --model vim_s_midclstok_80p5acc.pth --labels imagenet.txt --top 10",
            "a released checkpoint, with your list of labels"),
        ("mambascope run --text \"To be, or not to b\"", "what the shipped language model expects next"),
        ("mambascope run --text \"KING RICHARD:\" --generate 200 --temperature 0.8 --seed 1", "a text continued"),
        ("mambascope run photos/ more/*.png", "many pictures, a line each; the model is loaded once"),
        ("mambascope run new.csv --model my-model", "a series or table, by a model that mambascope train made"),
        ("mambascope run input.safetensors --model finetuned/ --json", "an input that is normalised already, for a script"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (input.IsSeries(session, model.Named(session)))
        {
            ExecuteSeries(session);
            return;
        }

        if (input.IsText(session, model.Named(session)))
        {
            ExecuteText(session);
            return;
        }

        foreach (var option in sampling.All.Prepend(generate))
        {
            if (session.Arguments.GetResult(option) is not null)
            {
                throw new UsageException(
                    $"{option.Name} is for language models, and {input.All(session)[0].Path} is for models that look at pictures: give "
                        + "--text \"...\" to continue");
            }
        }

        var given = input.All(session);
        using var classifier = model.Open(session);
        if (session.IsDouble)
        {
            Execute<double>(session, given, classifier);
        }
        else
        {
            Execute<float>(session, given, classifier);
        }
    }

    private void ExecuteSeries(Session session)
    {
        if (sampling.All.Prepend(generate).FirstOrDefault(option => session.Arguments.GetResult(option) is not null) is { } foreign)
        {
            throw new UsageException($"{foreign.Name} is for language models, and {model.Named(session)} reads series");
        }

        using var series = model.OpenSeries(session);
        var cases = input.Series(session, series);
        if (session.IsDouble)
        {
            Execute<double>(session, cases, series);
        }
        else
        {
            Execute<float>(session, cases, series);
        }
    }

    private void Execute<T>(Session session, IReadOnlyList<SeriesSubject> cases, SeriesModel series)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var most = session.Arguments.GetValue(top);
        if (cases.Count > 1)
        {
            AnswersReport.Deliver(
                session,
                series,
                Batch<Answers>.Of(session, $"running {series.Name}", cases, one => one.InFull, one =>
                    Answer<T>(one, series, most ?? StandardTopOfMany)));
            return;
        }

        var answers = session.Progress.During("running the model", () => Answer<T>(cases[0], series, most ?? StandardTop));
        if (session.Json)
        {
            session.WriteJson(answers.Json(series));
            return;
        }

        session.Out.WriteLine($"{cases[0].Name} ({cases[0].Size}) to {series.Name}:");
        PredictionsReport.Write(session.Out, answers.Top, ModelInput.Series);
        SeriesReport.WriteNotes(session.Out, cases[0]);
    }

    private static Answers Answer<T>(SeriesSubject one, SeriesModel series, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var run = series.Run<T>(one.Case, isRecording: false);
        return new(one, run.Top(count));
    }

    private void ExecuteText(Session session)
    {
        var arguments = session.Arguments;
        if (arguments.GetValue(generate) is null && sampling.Given(session) is { } lone)
        {
            throw new UsageException($"{lone.Name} is about how text goes on: give --generate N as well");
        }

        if (arguments.GetResult(generate) is not null && arguments.GetResult(top) is not null)
        {
            throw new UsageException($"{generate.Name} and {top.Name} exclude each other: a continued text has one token at every place");
        }

        var texts = input.Texts(session);
        if (texts.Count > 1 && arguments.GetResult(generate) is not null)
        {
            throw new UsageException($"{generate.Name} continues one text, and {texts.Count} were given");
        }

        var sampler = new TokenSampler(sampling.Read(session)); // refuses what makes no sense before the work starts
        using var language = model.OpenText(session);
        if (session.IsDouble)
        {
            Execute<double>(session, texts, sampler, language);
        }
        else
        {
            Execute<float>(session, texts, sampler, language);
        }
    }

    private void Execute<T>(Session session, IReadOnlyList<GivenInput> given, ImageClassifier classifier)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (given.Count > 1)
        {
            var (reading, count) = (input.PictureFiles(session), session.Arguments.GetValue(top) ?? StandardTopOfMany);
            AnswersReport.Deliver(
                session,
                classifier,
                Batch<Answers>.Of(
                    session, $"running {classifier.Name}", given, one => one.Path, one => PictureOptions.Read(one, reading, classifier),
                    picture => Answer<T>(picture, classifier, count), answers => answers));
            return;
        }

        var picture = input.Read(session, given[0], classifier);
        var answers = session.Progress.During("running the model", () =>
            Answer<T>(picture, classifier, session.Arguments.GetValue(top) ?? StandardTop));
        if (session.Json)
        {
            session.WriteJson(answers.Json(classifier));
            return;
        }

        session.Out.WriteLine($"{picture.Name} to {classifier.Name}:");
        PredictionsReport.Write(session.Out, answers.Top, ModelInput.Pictures);
        PreprocessingReport.Write(session.Out, picture);
        ShippedClasses.Write(session.Out, classifier);
    }

    private static Answers Answer<T>(PictureSubject picture, ImageClassifier classifier, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        using var run = classifier.Run<T>(picture.Input, isRecording: false);
        return new(picture, run.Top(count));
    }

    private void Execute<T>(Session session, IReadOnlyList<TextInput> texts, TokenSampler sampler, TextModel language)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (texts.Count > 1)
        {
            var most = session.Arguments.GetValue(top) ?? StandardTopOfMany;
            AnswersReport.Deliver(
                session,
                language,
                Batch<Answers>.Of(session, $"running {language.Name}", texts, one => one.File ?? one.Name, one =>
                {
                    var read = one.Read(language);
                    return new(read, language.Top(Read<T>(language, read).Scores, most));
                }));
            return;
        }

        var subject = session.Progress.During("reading the text", () => texts[0].Read(language));
        var generation = session.Progress.During("running the model", () => Read<T>(language, subject));
        if (session.Arguments.GetValue(generate) is { } count)
        {
            _ = language.Top(generation.Scores, 1); // scores that are no numbers cannot be gone on from
            Report(
                session,
                language,
                subject,
                session.Progress.Following($"generating {count} tokens", steps =>
                    Generating.Continue(generation, count, sampler, language.EndTokens, progress: steps)));
        }
        else
        {
            var experts = session.Json ? ChosenExperts.Of<T>(language, subject.Read.Ids) : [];
            Report(session, language, subject, language.Top(generation.Scores, session.Arguments.GetValue(top) ?? StandardTop), experts);
        }
    }

    private static TextGeneration<T> Read<T>(TextModel language, TextSubject subject)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var generation = language.Begin<T>();
        generation.Read(subject.Read.Ids);
        return generation;
    }

    private static void Report(
        Session session, TextModel language, TextSubject subject, IReadOnlyList<Prediction> answers, IReadOnlyList<ChosenExperts> experts)
    {
        if (session.Json)
        {
            var result = new Answers(subject, answers).Json(language);
            if (experts.Count > 0)
            {
                result["experts"] = ChosenExperts.Json(experts);
            }

            session.WriteJson(result);
            return;
        }

        session.Out.WriteLine($"{subject.Name} ({subject.Length} tokens) to {language.Name}; next:");
        PredictionsReport.Write(session.Out, answers, ModelInput.Text);
    }

    private static void Report(Session session, TextModel language, TextSubject subject, IReadOnlyList<GeneratedToken> generated)
    {
        var text = language.Decode(generated.Select(token => token.Id));
        if (session.Json)
        {
            session.WriteJson(
                new JsonObject
                {
                    ["input"] = subject.InFull,
                    ["model"] = language.Name,
                    ["tokens"] = subject.Length,
                    ["text"] = language.Tokenizer is null ? null : text,
                    ["generated"] = new JsonArray([
                        .. generated.Select(token =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["id"] = token.Id,
                                    ["text"] = language.Show(token.Id),
                                    ["probability"] = token.Probability,
                                }),
                    ]),
                });
            return;
        }

        session.Out.WriteLine(
            language.Tokenizer is null ? string.Join(',', generated.Select(token => token.Id)) : ShownText.Lines(subject.Read.Text + text));
    }
}
