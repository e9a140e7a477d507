using Mambascope.Evaluation.Datasets;
using Mambascope.Evaluation.Results;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Cases;

/// <summary>
/// The cases of a run: a data set, and the models that answer it. One subtype a kind of input; everything else of a run
/// (methods, measures, files) is the same for all kinds.
/// </summary>
public abstract class CaseSet
{
    /// <summary>What the data consist of.</summary>
    public abstract CaseKind Kind { get; }

    /// <summary>The data set's name.</summary>
    public abstract string Name { get; }

    /// <summary>Number of items in the data set.</summary>
    public abstract int Count { get; }

    /// <summary>What the data set knows.</summary>
    public abstract KnownFacts Known { get; }

    /// <summary>The models.</summary>
    public abstract IReadOnlyList<MeasuredModel> Models { get; }

    /// <summary>
    /// What every table carries for comparison: maps that read neither the input nor the model, and the truth where it is known.
    /// </summary>
    /// <param name="seed">Seed of the noise.</param>
    public abstract IReadOnlyList<MeasuredMethod> Controls(int seed);

    /// <summary>Refuses a measure that needs more than the data know.</summary>
    /// <param name="needs">What it needs.</param>
    /// <param name="measure">Its name.</param>
    /// <param name="explained">Which answer is explained.</param>
    /// <exception cref="BadInputException">The data lack something.</exception>
    public virtual void Require(KnownFacts needs, string measure, ExplainedClass explained)
    {
        foreach (var fact in Enum.GetValues<KnownFacts>().OrderDescending().Where(fact => (needs & ~Known & fact) != KnownFacts.None))
        {
            throw new BadInputException($"{Name} {Lack(fact, measure)}");
        }

        if (explained == ExplainedClass.True && !Known.HasFlag(KnownFacts.Answers))
        {
            throw new BadInputException($"{Name} {Lack(KnownFacts.Answers, $"explaining the true {Kind.Answer}")}");
        }
    }

    /// <summary>
    /// An item as each of the models answers it, in their order. What models share (a decoded picture) is read once. The caller disposes of
    /// each run before it asks for the next, so that only one holds its memory.
    /// </summary>
    /// <param name="index">Number of the item.</param>
    /// <param name="explained">Which answer is explained.</param>
    /// <param name="workers">One thread.</param>
    /// <param name="pool">Memory.</param>
    /// <exception cref="BadInputException">A model cannot read it, or answers with no finite score.</exception>
    public IEnumerable<ExplainedRun> Runs(int index, ExplainedClass explained, Workers workers, BufferPool<float> pool)
        => Read(index).Runs(explained, workers, pool);

    /// <summary>
    /// Whether an item that cannot be read is left out of the results, with its name, rather than ending the run: pictures are many files.
    /// </summary>
    internal virtual bool MayLeaveOut => false;

    /// <summary>Where items lie many to a file: how many in each, see <see cref="IImageDataset.ItemsOfFiles"/>.</summary>
    internal virtual IReadOnlyList<int>? ItemsOfFiles => null;

    /// <summary>Stable name of an item, known without reading it.</summary>
    internal abstract string Id(int index);

    /// <summary>Reads an item.</summary>
    /// <exception cref="BadInputException">It is missing or damaged.</exception>
    internal abstract CaseInput Read(int index);

    /// <summary>
    /// That the data lack something, who needs it, and what to do: the end of a sentence that begins with the data's name.
    /// </summary>
    private protected abstract string Lack(KnownFacts fact, string user);

    /// <summary>Scores that are numbers.</summary>
    /// <exception cref="BadInputException">One is not.</exception>
    private protected float[] Finite(float[] scores, MeasuredModel model, string id)
    {
        var at = Array.FindIndex(scores, score => !float.IsFinite(score));
        return at < 0
            ? scores
            : throw new BadInputException($"{model.Name}: a score of {Kind.Name} {id} is {scores[at]}; expected finite scores");
    }
}
