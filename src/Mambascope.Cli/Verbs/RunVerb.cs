using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Application;
using Mambascope.Models;

namespace Mambascope.Cli.Verbs;

/// <summary>What the model says about an input.</summary>
internal sealed class RunVerb : Verb
{
    private const int StandardTop = 5;

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly Option<int?> top = OptionKinds.Whole("--top", "N", $"Classes or next tokens to print [default: {StandardTop}]", 1);
    private readonly Option<int?> generate = OptionKinds.Whole("--generate", "N", "Continue the text by N tokens", 1);
    private readonly SamplingChoice sampling;

    internal RunVerb()
        : base("run", "The most likely classes of a picture or next tokens of a text, with probabilities; or a text continued")
    {
        input = new(this, readsText: true);
        model = new(this, readsText: true);
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
        ("mambascope run input.safetensors --model finetuned/ --json", "an input that is normalised already, for a script"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
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
                    $"{option.Name} is for language models, and {input.Path(session)} is for models that look at pictures: give --text "
                        + "\"...\" to continue");
            }
        }

        var path = input.Path(session);
        using var classifier = model.Open(session);
        if (session.IsDouble)
        {
            Execute<double>(session, path, classifier);
        }
        else
        {
            Execute<float>(session, path, classifier);
        }
    }

    private void ExecuteText(Session session)
    {
        var arguments = session.Arguments;
        if (arguments.GetValue(generate) is null && sampling.Given(session) is { } lone)
        {
            throw new UsageException($"{lone.Name} is about how text goes on: give --generate N as well");
        }

        var text = input.Text(session);
        var sampler = new TokenSampler(sampling.Read(session)); // refuses what makes no sense before the work starts
        using var language = model.OpenText(session);
        if (session.IsDouble)
        {
            Execute<double>(session, text, sampler, language);
        }
        else
        {
            Execute<float>(session, text, sampler, language);
        }
    }

    private void Execute<T>(Session session, string path, ImageClassifier classifier)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var picture = input.Read(session, path, classifier);
        using var run = session.Progress.During("running the model", () => classifier.Run<T>(picture.Input, isRecording: false));
        var answers = run.Top(session.Arguments.GetValue(top) ?? StandardTop);
        if (session.Json)
        {
            session.WriteJson(
                new JsonObject
                {
                    ["input"] = path,
                    ["model"] = classifier.Name,
                    ["preprocessing"] = PreprocessingJson.Of(picture),
                    ["top"] = ExplanationJson.Of(answers, ModelInput.Pictures),
                });
            return;
        }

        session.Out.WriteLine($"{Path.GetFileName(path)} to {classifier.Name}:");
        PredictionsReport.Write(session.Out, answers, ModelInput.Pictures);
        PreprocessingReport.Write(session.Out, picture);
    }

    private void Execute<T>(Session session, TextInput text, TokenSampler sampler, TextModel language)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var subject = session.Progress.During("reading the text", () => text.Read(language));
        var generation = session.Progress.During("running the model", () =>
        {
            var read = language.Begin<T>();
            read.Read(subject.Read.Ids);
            return read;
        });
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

    private static void Report(
        Session session, TextModel language, TextSubject subject, IReadOnlyList<Prediction> answers, IReadOnlyList<ChosenExperts> experts)
    {
        if (session.Json)
        {
            var result = new JsonObject
            {
                ["input"] = subject.InFull,
                ["model"] = language.Name,
                ["tokens"] = subject.Length,
                ["top"] = ExplanationJson.Of(answers, ModelInput.Text),
            };
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
