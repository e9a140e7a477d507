using Mambascope.Evaluation.Texts;

namespace Mambascope.Cli.Evaluating;

/// <summary>A test of explanations of text over a data set: what all of them share on the command line.</summary>
internal abstract class TextTestVerb : Verb
{
    private readonly TextEvaluationOptions evaluation;
    private readonly ResultOptions results;

    /// <param name="name">The test's name below evaluate text.</param>
    /// <param name="description">One line.</param>
    /// <param name="standardModel">The model that is tested when none is named.</param>
    protected TextTestVerb(string name, string description, string standardModel = ModelOptions.StandardLanguageModel) : base(name, description)
    {
        evaluation = new(this, standardModel);
        results = new(this, "a line a question, model and method", "label, prediction, or a column of the data");
    }

    /// <summary>The test that the command line asks for.</summary>
    internal abstract ITextTest Test(Session session);

    /// <inheritdoc/>
    internal override void Execute(Session session)
    {
        if (session.IsDouble)
        {
            throw new UsageException("evaluate runs in single precision (relevance rules that need double use it by themselves); leave --precision out");
        }

        using var opened = evaluation.Open(session, Test(session));
        results.Execute(session, opened);
    }
}
