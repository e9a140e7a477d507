using System.CommandLine;
using Mambascope.Evaluation.Runs;

namespace Mambascope.Cli.Evaluating;

/// <summary>A test of explanations over a data set: what all of them share on the command line.</summary>
internal abstract class ImageTestVerb : Verb
{
    private readonly EvaluationOptions evaluation;
    private readonly bool scoresMaps;
    private readonly Option<string?> maps = OptionKinds.Text("--maps", "FILE.safetensors", "Score maps from anywhere, in place of --method and --data: tensors maps (N, rows, columns), with masks (N, H, W) for a test of masks, with images (N, 3, H, W) and labels (N) for the perturbation test");
    private readonly ResultOptions results;

    /// <param name="name">The test's name.</param>
    /// <param name="description">One line.</param>
    /// <param name="scoresMaps">Whether maps from elsewhere can be scored: not where the test explains again.</param>
    protected ImageTestVerb(string name, string description, bool scoresMaps = true) : base(name, description)
    {
        this.scoresMaps = scoresMaps;
        evaluation = new(this);
        results = new(this, "a line an image, model and method", "label, prediction, or a column of --columns");

        if (scoresMaps)
        {
            Add(maps);
        }
    }

    /// <summary>The test that the command line asks for.</summary>
    internal abstract IImageTest Test(Session session);

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("evaluate runs in single precision (relevance rules that need double use it by themselves); leave --precision out");
        }

        var test = Test(session);
        if (scoresMaps && session.Arguments.GetValue(maps) is { } file)
        {
            MapsEvaluation.Execute(session, test, file, evaluation);
            return;
        }

        using var opened = evaluation.Open(session, test);
        results.Execute(session, opened);
    }
}
