using System.CommandLine;
using System.Numerics;
using Mambascope.Application;
using Mambascope.Attribution;
using Mambascope.Cli.Explanations;
using Mambascope.Imaging;
using Mambascope.Models;
using Mambascope.Tracing;

namespace Mambascope.Cli.Verbs;

/// <summary>Why a text goes on as it does: every step of a continuation explained.</summary>
internal sealed class ContinuationVerb : Verb
{
    private const int StandardCount = 16;

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly SamplingChoice sampling;
    private readonly BlockOption blocks;
    private readonly Option<int?> generate = OptionKinds.Whole(
        "--generate", "N", $"Tokens to generate and explain [default: {StandardCount}]", 1);
    private readonly Option<string?> given = OptionKinds.Text("--given", "TEXT", "Explain this continuation in place of a generated one");
    private readonly Option<string?> method = OptionKinds.Text(
        "--method",
        "METHOD[.FORM]",
        $"How each step is explained: METHOD, or METHOD.FORM such as rollout.paper [default: {StandardMethods.Listed(ModelInput.Text)}]");

    private readonly Option<AttributionMode> mode = OptionKinds.Choice(
        "--mode",
        "Form of raw, rollout and attribution [default: exact]",
        [("exact", AttributionMode.Exact), ("paper", AttributionMode.Paper)]);

    private readonly Option<ColorMap?> colors = OptionKinds.Choice(
        "--color",
        "Colours of the picture [default: viridis, or diverging where there are negative entries]",
        [.. ColorMap.All.Select(map => (map.Name, (ColorMap?)map))]);
    private readonly Option<string?> output = OptionKinds.Text(
        "--out", "FILE", "The matrix as a file, by its ending: .png, .npy or .safetensors [default: none]");
    private readonly Option<bool> force = OptionKinds.Switch("--force", "Replace an existing file of --out");

    internal ContinuationVerb()
        : base("continuation", "Why a text goes on as it does: for every new token, which tokens before it made the model choose it")
    {
        method.CompletionSources.Add([.. AttributionMethods.All.Select(each => each.Name).Distinct()]);
        input = new(this, readsText: true, seesPictures: false);
        model = new(this, readsText: true, seesPictures: false);
        foreach (var option in new Option[] { generate, given, method, mode, colors, output, force })
        {
            Add(option);
        }

        sampling = new(this);
        blocks = new(this, "Add up the scores of words, sentences or N equal parts");
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        (
            "mambascope continuation --text \"KING RICHARD:\" --generate 24",
            "24 letters that the shipped model writes, and what each of them goes back to"),
        (
            "mambascope continuation --text \"To be, or not\" --given \" to be\" --out steps.png",
            "a continuation of your own, as a matrix with a row for each of its letters"),
        (
            "mambascope continuation --text \"KING RICHARD:\" --generate 80 --temperature 0.8 --seed 1 --blocks word --out words.png",
            "words by words"),
    ];

    /// <inheritdoc/>
    internal override string? Remarks
        => "Row i of the matrix belongs to a token of the continuation and holds the relevance of all tokens before it for the choice of "
        + "that\n"
        + "token, whether it was the most likely one or not. With --blocks rows and columns are added up; a block with the end of the "
        + "prompt\n"
        + "and the beginning of the continuation counts its part of the continuation.";

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (!input.IsText(session, model.Named(session)))
        {
            throw new UsageException("continuation is for text: give --text \"...\", --tokens 1,2,3 or a .txt file");
        }

        var arguments = session.Arguments;
        if (
            arguments.GetResult(given) is not null
            && (arguments.GetResult(generate) is not null ? generate : sampling.Given(session)) is { } other)
        {
            throw new UsageException($"--given and {other.Name} exclude each other: a given continuation is not generated");
        }

        var file = arguments.GetValue(output);
        MatrixFile.CheckEnding(file);
        if (file is not null)
        {
            OutputFile.Check(file, arguments.GetValue(force));
        }

        var text = input.Text(session);
        using var language = model.OpenText(session);
        var name = arguments.GetValue(method) ?? StandardMethods.For(language)[0].Name;
        var (chosen, options) = MethodNames.WithForm(name, language.Model.Shape, new() { Mode = arguments.GetValue(mode) });
        if (MethodNames.HasForm(name) && arguments.GetResult(mode) is not null)
        {
            throw new UsageException($"--method {name} and --mode exclude each other: both say the form");
        }

        UnreadOptions.Refuse(session, [mode], [chosen], AttributionMethods.For(language.Model.Shape));
        var request = new ContinuationRequest
        {
            Method = chosen,
            Options = options,
            Because = arguments.GetValue(method) is null ? StandardMethods.Because(language) : null,
            Generate = arguments.GetValue(generate) ?? StandardCount,
            Given = arguments.GetValue(given),
            Sampling = sampling.Read(session),
            Pieces = read => blocks.Of(session, read),
        };
        if (session.IsDouble)
        {
            Execute<double>(session, text, language, request, file);
        }
        else
        {
            Execute<float>(session, text, language, request, file);
        }
    }

    private void Execute<T>(Session session, TextInput text, TextModel language, ContinuationRequest request, string? file)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var prompt = session.Progress.During("reading the text", () => text.Read(language));
        var continuation = session.Progress.Following("reading the prompt", steps =>
            Continuation.Explain<T>(language, prompt, request, progress: steps));
        if (file is not null)
        {
            var shape = new[] { continuation.Rows.Count, continuation.Pieces.Count };
            MatrixFile.Write(file, "continuation", shape, continuation.Values, () =>
                ContinuationReport.Plot(continuation, blocks.IsGiven(session), session.Arguments.GetValue(colors)));
        }

        if (session.Json)
        {
            var result = ContinuationJson.Of(continuation);
            result["file"] = file;
            session.WriteJson(result);
        }
        else
        {
            ContinuationReport.Write(session.Out, continuation, file);
        }
    }
}
