using Mambascope.Autodiff;
using Mambascope.Models;
using Mambascope.Numerics;

namespace Mambascope.Evaluation.Perturbation;

/// <summary>A model as the tests that ask it again and again see it: nothing recorded, buffers kept from call to call.</summary>
public static class ModelClassifier
{
    /// <summary>The classifier of a model. May be called from several threads; where it is, give it workers of one thread each.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workers">Threads of one call.</param>
    public static BatchClassifier Of(IVisionModel model, Workers workers)
    {
        var pool = new BufferPool<float>();
        return pixels =>
        {
            using var trace = model.Forward(new Tape<float>(workers, pool, isRecording: false), pixels);
            return Activation<float>.Of(trace.Logits.Data.ToArray(), pixels.Batch, 1, model.Classes);
        };
    }
}
