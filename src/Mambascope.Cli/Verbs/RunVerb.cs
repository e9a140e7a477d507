using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Mambascope.Models;

namespace Mambascope.Cli.Verbs;

/// <summary>What the model says about an input.</summary>
internal sealed class RunVerb : Verb
{
    private const int StandardTop = 5;

    private readonly InputArgument input;
    private readonly ModelOptions model;
    private readonly Option<int?> top = OptionKinds.Whole("--top", "N", $"Classes to print [default: {StandardTop}]", 1);
    private readonly Option<int?> generate = new("--generate") { Hidden = true };

    internal RunVerb() : base("run", "The most likely classes of a picture, with probabilities")
    {
        input = new(this);
        model = new(this);
        Add(top);
        Add(generate);
    }

    /// <inheritdoc/>
    internal override IReadOnlyList<(string CommandLine, string Does)> Examples { get; } =
    [
        ("mambascope run picture.jpg", "what the shipped model sees"),
        ("mambascope run picture.jpg --model vim_s_midclstok_80p5acc.pth --labels imagenet.txt --top 10", "a released checkpoint, with your list of labels"),
        ("mambascope run input.safetensors --model finetuned/ --json", "an input that is normalised already, for a script"),
    ];

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.Arguments.GetResult(generate) is not null)
        {
            throw new UsageException("--generate is for language models; this one looks at pictures");
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

    private void Execute<T>(Session session, string path, ImageClassifier classifier)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var picture = InputArgument.Read(session, path, classifier);
        using var run = session.Progress.During("running the model", () => classifier.Run<T>(picture, isRecording: false));
        var scores = run.Top(session.Arguments.GetValue(top) ?? StandardTop);
        if (session.Json)
        {
            session.WriteJson(new JsonObject { ["input"] = path, ["model"] = classifier.Name, ["top"] = ClassScoresReport.Json(scores) });
            return;
        }

        session.Out.WriteLine($"{Path.GetFileName(path)} to {classifier.Name}:");
        ClassScoresReport.Write(session.Out, scores);
    }
}
