"""Writes a model of scikit-learn as numbers and names, which `ModelImport` reads. A pickle would be a program; this is data.

    from export_sklearn import export
    export(model, ["age", "income"], "model.json")

Linear regression (also ridge, lasso, elastic net), logistic regression of two classes, each also as the last step of a
pipeline after a StandardScaler; decision trees, random forests and extra trees of one number or two classes; gradient
boosting, also the histogram kind without categories. Other models are refused.
"""

import json

import numpy


def export(model, features, path):
    """Writes `model`, fitted on the columns `features` in their order, to `path`."""
    with open(path, "w") as file:
        json.dump({"format": "cutline-sklearn-1", "features": list(features), **described(model)}, file, allow_nan=False)


def described(model):
    name = type(model).__name__
    if name == "Pipeline":
        return pipeline(model)
    if name in ("LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV"):
        return linear("identity", model.intercept_, model.coef_)
    if name in ("LogisticRegression", "LogisticRegressionCV"):
        two_classes(model)
        return linear("logit", model.intercept_, model.coef_)
    if name in ("DecisionTreeRegressor", "DecisionTreeClassifier"):
        return forest([model], model)
    if name in ("RandomForestRegressor", "RandomForestClassifier", "ExtraTreesRegressor", "ExtraTreesClassifier"):
        return forest(model.estimators_, model)
    if name in ("GradientBoostingRegressor", "GradientBoostingClassifier"):
        return boosting(model)
    if name in ("HistGradientBoostingRegressor", "HistGradientBoostingClassifier"):
        return histogram(model)
    raise ValueError(f"{name} is not exported")


def linear(link, intercept, coefficients):
    coefficients = numpy.ravel(coefficients)
    intercept = float(numpy.ravel(intercept)[0])
    return {"kind": "linear", "link": link, "intercept": intercept, "coefficients": coefficients.tolist()}


def pipeline(model):
    """Folds a StandardScaler into the linear model after it."""
    names = [type(step).__name__ for _, step in model.steps]
    if len(names) != 2 or names[0] != "StandardScaler":
        raise ValueError(f"a pipeline of {names} is not exported")
    scaler, last = (step for _, step in model.steps)
    inner = described(last)
    if inner["kind"] != "linear":
        raise ValueError("trees need no scaling: fit them on the features as they are")
    count = len(inner["coefficients"])
    scale = numpy.ones(count) if scaler.scale_ is None else scaler.scale_
    mean = numpy.zeros(count) if scaler.mean_ is None else scaler.mean_
    coefficients = numpy.array(inner["coefficients"]) / scale
    return linear(inner["link"], inner["intercept"] - float(coefficients @ mean), coefficients)


def two_classes(model):
    if len(model.classes_) != 2:
        raise ValueError(f"{len(model.classes_)} classes are not exported, only 2")


def trees(link, base, scale, is_probability, single, all_trees):
    return {"kind": "trees", "link": link, "base": float(base), "scale": float(scale), "is_probability": is_probability,
            "single_precision": single, "trees": all_trees}


def finite(thresholds):
    """Where only missing values are told apart the threshold is infinite."""
    return numpy.clip(thresholds, -1.7e308, 1.7e308).tolist()


def tree(estimator, value):
    """A tree of scikit-learn; it compares features in single precision with x <= threshold."""
    arrays = estimator.tree_
    missing = getattr(arrays, "missing_go_to_left", numpy.zeros(arrays.node_count))
    return {"left": arrays.children_left.tolist(), "right": arrays.children_right.tolist(),
            "feature": arrays.feature.tolist(), "threshold": finite(arrays.threshold), "value": value.tolist(),
            "missing_left": [int(flag) for flag in missing], "cover": arrays.weighted_n_node_samples.tolist()}


def forest(estimators, model):
    is_classifier = hasattr(model, "classes_")
    if is_classifier:
        two_classes(model)

    def value(estimator):
        values = estimator.tree_.value[:, 0, :]
        # Counts of classes before version 1.3, shares since.
        return values[:, 1] / values.sum(axis=1) if is_classifier else values[:, 0]

    all_trees = [tree(estimator, value(estimator)) for estimator in estimators]
    return trees("identity", 0, 1 / len(estimators), is_classifier, True, all_trees)


def boosting(model):
    is_classifier = hasattr(model, "classes_")
    if is_classifier:
        two_classes(model)
        if model.loss != "log_loss":
            raise ValueError(f"the loss {model.loss} is not exported")
    start = 0.0
    if model.init_ != "zero":
        # A constant start is the same for every row.
        row = numpy.zeros((1, model.n_features_in_))
        if is_classifier:
            p = float(model.init_.predict_proba(row)[0, 1])
            start = numpy.log(p / (1 - p))
        else:
            start = float(model.init_.predict(row)[0])
    all_trees = [tree(stage, stage.tree_.value[:, 0, 0]) for stage in model.estimators_[:, 0]]
    return trees("logit" if is_classifier else "identity", start, model.learning_rate, is_classifier, True, all_trees)


def histogram(model):
    is_classifier = hasattr(model, "classes_")
    if is_classifier:
        two_classes(model)
    links = {"log_loss": "logit", "squared_error": "identity", "absolute_error": "identity", "poisson": "log", "gamma": "log"}
    if model.loss not in links:
        raise ValueError(f"the loss {model.loss} is not exported")
    all_trees = []
    for stage in model._predictors:
        nodes = stage[0].nodes
        if nodes["is_categorical"].any():
            raise ValueError("categories are not exported")
        leaf = nodes["is_leaf"] == 1
        all_trees.append({
            "left": numpy.where(leaf, -1, nodes["left"].astype(int)).tolist(),
            "right": numpy.where(leaf, -1, nodes["right"].astype(int)).tolist(),
            "feature": numpy.where(leaf, -2, nodes["feature_idx"]).tolist(),
            "threshold": finite(nodes["num_threshold"]),
            "value": nodes["value"].tolist(), "missing_left": nodes["missing_go_to_left"].astype(int).tolist(),
            "cover": nodes["count"].astype(float).tolist()})
    start = float(numpy.ravel(model._baseline_prediction)[0])
    return trees(links[model.loss], start, 1, is_classifier, False, all_trees)
